"""Alerts: raised once, cleared, and raised again only after a restatement took them back."""
