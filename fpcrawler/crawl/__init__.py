"""Turn the list and its pages into requests, and responses into samples."""
