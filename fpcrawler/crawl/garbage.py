"""Let Python look for unreachable cycles less often."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 10_000
"""New containers until the youngest generation is collected; Python's default is 700.
An image leaves about 60."""

_COLLECTIONS = 20
"""Collections of a generation until the next older one is collected."""


def collect_garbage_rarely() -> None:
    """Collect less often, and never look again at what was imported so far.

    Nearly all objects of a crawl are freed without it, and a full collection looks at
    more than 100,000 objects that the modules made.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, _COLLECTIONS, _COLLECTIONS)
