"""Feeds as one HTML file to look at."""
