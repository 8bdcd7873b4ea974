"""Files of which only some bytes were received, and how files are recognized."""
