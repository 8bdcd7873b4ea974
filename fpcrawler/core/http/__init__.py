"""What a response says about a file, and how many bytes of it to read."""
