"""Feeds as one table, for other tools."""
