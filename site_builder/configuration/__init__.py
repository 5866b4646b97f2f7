"""tallybook.toml: what it may say, and what was wrong with it."""
