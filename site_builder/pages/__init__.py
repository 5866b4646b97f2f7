"""What pages are made of, and the pages that lead to reports."""
