"""Crawls that go on where others ended: what is noted, and how it is read."""
