"""Read the metadata and take the fingerprint of images from their first bytes."""

__version__ = "0.1.0"
