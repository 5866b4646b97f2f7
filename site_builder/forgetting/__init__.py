"""A person's names taken out of a site."""
