"""Where files lie, and how they get there: addresses, drafts, manifest, links."""
