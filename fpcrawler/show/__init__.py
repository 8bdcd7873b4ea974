"""What ``scrapy show`` fetches and prints: one image after the other, for a person."""
