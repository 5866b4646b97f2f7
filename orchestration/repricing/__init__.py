"""Estimated costs anew, by the price list that is installed now."""
