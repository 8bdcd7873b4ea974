"""EXIF, XMP and IPTC, from the bytes that are here."""
