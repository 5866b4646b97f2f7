"""Brand and colours."""
