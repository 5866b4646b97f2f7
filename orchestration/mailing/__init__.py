"""Digests of published reports, by mail: to each subscriber once."""
