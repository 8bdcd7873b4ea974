"""Track which pages and images are done, in this crawl and in earlier ones."""
