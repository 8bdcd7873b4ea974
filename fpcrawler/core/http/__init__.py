"""What a server's response says of a file, and how far to read it."""
