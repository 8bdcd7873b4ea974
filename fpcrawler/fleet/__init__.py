"""A list too long for one process: its shards, and who crawls them."""
