"""Fingerprints of a file and its picture, and the verdicts they allow."""
