"""A list is opened by the library only where that is needed."""

from __future__ import annotations

from smart_open.compression import get_supported_extensions

from fpcrawler.input.lists import COMPRESSED


def test_all_endings_that_the_library_decompresses_are_known() -> None:
    assert {*get_supported_extensions()} == COMPRESSED
