"""What pages need, read from the marts: one file a topic."""
