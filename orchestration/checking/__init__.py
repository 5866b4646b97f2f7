"""What looks at warehouse, site and machine, and says what is wrong."""
