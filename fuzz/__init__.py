"""Fuzzing of the readers with atheris: ``python -m fuzz --help``."""
