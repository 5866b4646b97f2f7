"""What Dagster knows: thin definitions around plain functions, and the history of runs."""
