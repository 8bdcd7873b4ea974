"""Signals of this project's own, beside Scrapy's."""

image_found = object()
"""A page names an image. Arguments: page_url, url, found_in, alt."""
