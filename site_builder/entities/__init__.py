"""One page per item, team and user: all figures of that one thing."""
