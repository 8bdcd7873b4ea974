"""Known lists: which files, how they are read, in memory and against feeds."""
