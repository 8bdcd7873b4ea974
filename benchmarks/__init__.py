"""What README claims in figures: ``python -m benchmarks.NAME``."""
