"""Compare this crawler with other programs that read images, in one run."""
