"""Signals of this project, in addition to Scrapy's."""

image_found = object()
"""A page names an image. Arguments: page_url, url, found_in, alt."""

image_recorded = object()
"""The record of an image is in all feeds. Arguments: item, response."""

image_refused = object()
"""An image is not requested, as its site wishes. Arguments: errand, reason."""

page_complete = object()
"""All images and pages that a page leads to are done. Arguments: page."""

errand_failed = object()
"""A page, style sheet or image could not be read. Arguments: errand, error."""
