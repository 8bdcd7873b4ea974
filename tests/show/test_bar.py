from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fpcrawler.show.bar import ASCII, BLOCKS, Glyphs, bar_rows, glyphs_for

if TYPE_CHECKING:
    from fpcrawler.core.metadata.spans import Span

WIDTH = 20  # of which the size has 10


def bars(spans: list[Span], size: int | None, glyphs: Glyphs = ASCII) -> list[str]:
    return [row.value for row in bar_rows(spans, size, WIDTH, glyphs)][:-1]


@pytest.mark.parametrize(
    ("span", "bar"),
    [
        ((0, 1_000), "##########"),
        ((0, 300), "###......."),
        ((300, 1_000), "...#######"),
        ((50, 149), "=-........"),
        ((50, 150), "==........"),
        ((999, 1_000), ".........-"),
        ((449, 451), "....-....."),
        ((150, 851), ".=######=."),
    ],
)
def test_a_cell_shows_how_much_of_it_is_covered(
    span: tuple[int, int], bar: str
) -> None:
    (_, drawn) = bars([(*span, "exif")], 1_000)

    assert drawn[:10] == bar


def test_spans_of_a_kind_share_a_bar_and_have_the_sum_of_their_sizes() -> None:
    spans: list[Span] = [(0, 200, "read"), (0, 150, "exif"), (900, 1_000, "read")]

    assert bars(spans, 1_000, BLOCKS) == [
        "├────────┤    1.0 KB",
        "██·······█     300 B",
        "█▓········     150 B",
    ]


def test_kinds_have_one_order_whatever_that_of_the_spans() -> None:
    spans: list[Span] = [(0, 1, "coded"), (1, 2, "thumbnail"), (2, 3, "read")]

    labels = [row.label for row in bar_rows(spans, 10, WIDTH, ASCII)]
    assert labels == ["file", "read", "thumbnail", "coded", "cells"]


@pytest.mark.parametrize(
    ("spans", "size", "drawn"),
    [
        ([(0, 10, "read")], None, ["|--------|         ?", "##########      10 B"]),
        # The server states less than it sends.
        ([(0, 20, "read")], 10, ["|--------|      20 B", "##########      20 B"]),
        # A file that is shorter than its bar.
        ([(1, 3, "read")], 4, ["|--------|       4 B", "..=####=..       2 B"]),
    ],
)
def test_the_ruler_reaches_as_far_as_the_file_is_known(
    spans: list[Span], size: int | None, drawn: list[str]
) -> None:
    assert bars(spans, size) == drawn


@pytest.mark.parametrize("size", [None, 0])
def test_nothing_is_drawn_of_nothing(size: int | None) -> None:
    assert bar_rows([], size, WIDTH, ASCII) == []


@pytest.mark.parametrize(
    ("encoding", "glyphs"),
    [
        ("utf-8", BLOCKS),
        ("cp437", BLOCKS),
        ("latin-1", ASCII),
        ("ascii", ASCII),
        ("no-such-encoding", ASCII),
    ],
)
def test_a_terminal_without_blocks_gets_ascii(encoding: str, glyphs: Glyphs) -> None:
    assert glyphs_for(encoding) is glyphs
