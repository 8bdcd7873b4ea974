"""The pure core: decisions, parsing and hashing, without Scrapy and without I/O."""
