"""Load feeds into tables of DuckDB."""
