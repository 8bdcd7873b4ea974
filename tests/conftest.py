"""Hooks of every test run. Keep it light: the shortest run of a test imports it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.commands import COVERAGE

# Property tests say what holds, not how long it takes.
settings.register_profile("facts", deadline=None, print_blob=True)
settings.load_profile("facts")

# The files of Tor and the browser wait most of their time: others run beside them.
_FIRST = ("end_to_end/test_tor", "end_to_end/test_rend", "fleet/", "end_to_end/")
_LAST = "core/"


def pytest_configure() -> None:
    """Let ctrl-C stop the tests and their children, even as a script's ``pytest &``.

    A shell starts such a command with SIGINT ignored, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the slowest files, so that the processes end together.

    Those of the core are many and short: the last ones fill the gaps.
    """

    def place(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        starts = [path.startswith(start) for start in (*_FIRST, "")]
        return starts.index(True) + path.startswith(_LAST)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Measure no coverage in a test marked ``untraced``, nor in its children.

    Such a test repeats, thousands of times or in many interpreters, what shorter
    tests reach as well, and coverage would make it up to three times slower.
    """
    if not item.get_closest_marker("untraced"):
        yield
        return
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(COVERAGE, raising=False)
            yield
    finally:
        sys.settrace(trace)
