"""Wait for something that another thread or process does, but not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(
    is_so: Callable[[], object], *, seconds: float = 60, every: float = 0.01
) -> None:
    """Return once ``is_so`` returns something true; raises TimeoutError.

    ``seconds`` is the deadline, ``every`` the pause between two calls in seconds.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so after {seconds} s")
        time.sleep(every)
