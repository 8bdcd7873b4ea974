"""Export feeds as one table for other tools."""
