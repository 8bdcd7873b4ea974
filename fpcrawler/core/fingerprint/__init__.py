"""Fingerprints of a file and its picture, and the verdicts on two of them."""
