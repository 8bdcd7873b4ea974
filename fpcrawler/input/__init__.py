"""The user's input: list, spider arguments and settings, checked before the crawl."""
