"""What the user asks for: the list, the arguments and the settings, checked."""
