"""The page of a scope's jobs: what runs, when each last ran and how, every run, and every error message."""
