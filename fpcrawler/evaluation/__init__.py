"""The experiment of ``scrapy evaluate``: what methods join, against whole files."""
