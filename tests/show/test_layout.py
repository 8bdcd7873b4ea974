from __future__ import annotations

import pytest

from fpcrawler.show.layout import (
    MAX_LINES,
    Row,
    Section,
    cells,
    section_lines,
    wrapped,
)

ESCAPE, OVERRIDE, NEXT_LINE = "\x1b[2J", "\u202e", "\x85"
HOSTILE = {
    "a terminal's escape": f"a{ESCAPE}b",
    "a bidirectional override": f"a{OVERRIDE}b",
    "controls": "a\x00\x07\x08\x9bb",
    "a carriage return": "harmless\rSPOOFED",
    "line ends of Unicode": f"a\u2028b{NEXT_LINE}c\x0bd",
    "a lone surrogate": "a\ud800b",
    "one long word": "x" * 5_000,
    "wide characters": "山田" * 3_000,
    "combining characters": "e\u0301" * 3_000,
    "only combining characters": "\u0301" * 3_000,
    "many lines": "line\n" * 5_000,
    "only spaces": " " * 500,
}


def lines_of(label: str, value: str, width: int = 40) -> list[str]:
    return [*section_lines(Section("Title", (Row(label, value),)), width)]


@pytest.mark.untraced
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("place", ["title", "label", "value"])
def test_hostile_text_stays_printable_and_within_the_width(
    text: str, width: int, place: str
) -> None:
    texts = {"title": "a", "label": "b", "value": "c", place: text}
    section = Section(texts["title"], (Row(texts["label"], texts["value"]),))

    lines = [*section_lines(section, width)]
    assert [line for line in lines if not line.isprintable()] == []
    assert max(map(cells, lines)) <= width


@pytest.mark.parametrize("name", ["many lines", "wide characters", "one long word"])
def test_a_long_value_keeps_its_beginning_and_its_end(name: str) -> None:
    value = f"first {HOSTILE[name]} last"

    title, *lines = lines_of("label", value)
    assert title == "Title"
    assert len(lines) == MAX_LINES
    assert lines[0].startswith("  label       first")
    assert lines[-1].endswith(" last")
    assert f"({len(value):,} characters)" in " ".join(" ".join(lines).split())


def test_a_value_is_whole_as_long_as_its_lines_are_few() -> None:
    value = "\n".join(f"line {number}" for number in range(MAX_LINES))

    assert lines_of("label", value)[1:] == [
        f"  {'label' if not number else '':10}  line {number}"
        for number in range(MAX_LINES)
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("1234567890", ["12345678", "90"]),
        ("a 1234567890", ["a", "12345678", "90"]),
        ("12345678 a", ["12345678", "a"]),
        ("山山山山山", ["山山山山", "山"]),
        ("  12345678", ["  123456", "78"]),
    ],
)
def test_lines_break_at_spaces_or_within_long_words(
    text: str, lines: list[str]
) -> None:
    assert wrapped(text, 8) == lines


def test_labels_share_a_column_and_a_long_one_has_its_own_line() -> None:
    rows = (Row("山", "wide"), Row("Fourteen chars", "1"), Row("l" * 17, "2"))

    assert [*section_lines(Section("Title", rows), 40)] == [
        "Title",
        "  山              wide",
        "  Fourteen chars  1",
        "  lllllllllllllllll",
        "                  2",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("abc", 3), ("é", 1), ("e\u0301", 1), ("山", 2), ("😀", 2), ("ﾊ", 1), ("", 0)],
)
def test_cells_are_those_of_a_terminal(text: str, number: int) -> None:
    assert cells(text) == number
