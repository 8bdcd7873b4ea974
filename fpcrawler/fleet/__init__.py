"""Crawl a long list in shards, by many processes or machines."""
