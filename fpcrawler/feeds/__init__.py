"""Feeds: formats, local files and S3, and checks before the crawl."""
