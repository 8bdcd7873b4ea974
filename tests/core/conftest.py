"""Property tests say what holds, not how long it takes."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("facts", deadline=None, print_blob=True)
settings.load_profile("facts")
