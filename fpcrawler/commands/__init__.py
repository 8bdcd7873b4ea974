"""The commands of this project: ``scrapy MODULE``."""
