"""Forgetting a person: the record of who is forgotten, and whatever holds a name that has to go."""
