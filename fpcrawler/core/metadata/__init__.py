"""Read EXIF, XMP and IPTC from the bytes received so far."""
