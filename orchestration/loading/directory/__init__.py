"""The reference data, from CSV to typed tables."""
