"""Known lists of digests: read them, keep them in memory, compare feeds with them."""
