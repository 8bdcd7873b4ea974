"""Compare lengths of the first range of an image."""

LENGTHS = (10_241, 12_288, 13_600, 14_337, 16_384)
"""Bytes. The first is the sample."""
