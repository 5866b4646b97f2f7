"""What is written down of loads, runs and restatements."""
