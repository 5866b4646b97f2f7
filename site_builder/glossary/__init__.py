"""What tables and figures mean."""
