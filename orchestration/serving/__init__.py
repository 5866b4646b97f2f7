"""The warehouse that BI tools read: the marts once more, in a file of their own that no run ever locks."""
