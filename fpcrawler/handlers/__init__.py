"""Download handlers, one a file."""
