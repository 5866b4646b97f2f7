"""What a new user begins with."""
