"""What a person sees of a command, and how it ends."""
