"""How records are written: formats, places, checks."""
