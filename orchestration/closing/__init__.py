"""Months that finance closes and reopens."""
