"""The contestants, one in a file; each imports only what its own run needs."""
