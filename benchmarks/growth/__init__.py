"""Measure whether cost per image and memory stay the same as a crawl grows."""
