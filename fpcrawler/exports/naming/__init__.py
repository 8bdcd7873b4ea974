"""Give tags the names that other tools have for them."""
