"""Read the metadata and take the fingerprint of images from their first bytes."""
