"""Remove from records what must not be shared, everywhere it stands."""
