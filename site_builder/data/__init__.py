"""`<scope>/data/`: whole marts as files, with what they mean."""
