from __future__ import annotations

import pytest

from fpcrawler.core.anatomy.jpeg_tables import without_unused
from tests.core.anatomy.test_anatomy import segment

FRAMES = frozenset({0xC0})
STEPS = bytes(range(1, 65))


def tables(*numbers: int) -> bytes:
    """Build a DQT segment; the high four bits of a number are the precision."""
    return segment(0xDB, b"".join(bytes([n]) + STEPS * (1 + n // 16) for n in numbers))


def frame(*selected: int) -> bytes:
    components = b"".join(b"%c\x11%c" % pair for pair in enumerate(selected, start=1))
    return segment(0xC0, b"\x08\0\x40\0\x40%c" % len(selected) + components)


@pytest.mark.parametrize(
    ("before", "selected", "after"),
    [
        ([tables(0)], (0, 0, 0), [tables(0)]),
        ([tables(0), tables(1)], (0, 1, 1), [tables(0), tables(1)]),
        ([tables(0), tables(1)], (0,), [tables(0)]),
        ([tables(0, 1)], (0, 1, 1), [tables(0, 1)]),
        ([tables(0, 1)], (1,), [tables(1)]),
        ([tables(0, 17, 2)], (2, 0, 0), [tables(0, 2)]),
        ([tables(16, 1), tables(3)], (3, 3, 3), [tables(3)]),
        ([tables(0)[:-1], tables(4)], (1,), [tables(0)[:-1], tables(4)]),
    ],
)
def test_a_table_that_no_component_selects_is_left_out(
    before: list[bytes], selected: tuple[int, ...], after: list[bytes]
) -> None:
    header = frame(*selected)

    assert without_unused([*before, header], FRAMES) == [*after, header]


def test_without_a_frame_all_tables_stay() -> None:
    pieces = [tables(0), b"stray", tables(1)]

    assert without_unused(pieces, FRAMES) == pieces
