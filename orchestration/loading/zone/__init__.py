"""The landing zone: what is there, and where its bytes can be read."""
