"""Credits and estimated costs again, by the rates and prices of now: what that changes, and the change."""
