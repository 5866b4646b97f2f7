"""Reports: composed, compared with what is published, made."""
