"""Numbers, dates and phrases as people read them."""
