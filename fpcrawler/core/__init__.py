"""The pure part: deciding, parsing and hashing, without Scrapy and without I/O."""
