"""Who gets reports of which periods."""
