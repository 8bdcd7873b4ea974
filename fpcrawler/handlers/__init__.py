"""Download handlers, one per file."""
