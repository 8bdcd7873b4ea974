"""From the list to requests, from responses to samples."""
