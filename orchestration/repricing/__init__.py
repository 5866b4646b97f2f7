"""Estimated costs again, by the price list that is installed now."""
