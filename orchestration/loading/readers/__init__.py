"""Files of any format → rows."""
