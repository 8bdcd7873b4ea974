"""Signals of this project's own, beside Scrapy's."""

image_found = object()
"""A page names an image. Arguments: page_url, url, found_in, alt."""

image_recorded = object()
"""Every feed holds an image's record. Arguments: item, response."""

page_complete = object()
"""All that a page leads to is recorded or dropped. Arguments: page."""

listed_url_passed_over = object()
"""The list names a URL that is not asked for any more. Arguments: url."""
