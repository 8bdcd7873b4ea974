"""Commands of this project: ``scrapy <file name>``."""
