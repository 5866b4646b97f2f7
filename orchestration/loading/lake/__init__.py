"""The Parquet lake: files, their notes, and how damage is mended."""
