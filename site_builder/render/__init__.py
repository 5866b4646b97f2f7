"""Pages as bytes: templates and what stands in their cells."""
