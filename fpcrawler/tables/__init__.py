"""Feeds as tables of DuckDB."""
