"""The parts of multipart/byteranges, also where a server writes them oddly."""

from __future__ import annotations

import pytest

from fpcrawler.core.http.multipart import MAX_OVERHEAD, boundary_of, range_parts

FILE = bytes(range(256)) * 40


def part(first: int, last: int, *, total: str = "10240", eol: str = "\r\n") -> bytes:
    lines = ["--B", "Content-Type: image/jpeg", f"Content-Range: bytes {first}-{last}"]
    head = eol.join(lines) + f"/{total}{eol}{eol}"
    return head.encode() + FILE[first : last + 1] + eol.encode()


TWO = part(0, 9) + part(500, 1_523)
END = b"--B--\r\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"\r\n" + TWO + END, [(0, 9), (500, 1_523)], id="as-in-the-rfc"),
        pytest.param(TWO + END, [(0, 9), (500, 1_523)], id="without-first-line-end"),
        pytest.param(
            b"one\r\n--\r\n" + TWO + END, [(0, 9), (500, 1_523)], id="preamble"
        ),
        pytest.param(
            part(500, 600) + part(0, 9) + END, [(500, 600), (0, 9)], id="other-order"
        ),
        pytest.param(
            part(0, 99) + part(50, 149) + END, [(0, 99), (50, 149)], id="overlapping"
        ),
        pytest.param(
            part(0, 9, eol="\n") + part(20, 29, eol="\n"),
            [(0, 9), (20, 29)],
            id="line-feeds-only",
        ),
        pytest.param(TWO[:-2], [(0, 9), (500, 1_523)], id="stopped-at-the-last-byte"),
        pytest.param(TWO[:-3], [(0, 9)], id="cut-in-a-part"),
        pytest.param(part(0, 9, total="*") + END, [(0, 9)], id="unknown-total"),
        pytest.param(part(0, 9, total="5") + TWO, [(0, 9), (500, 1_523)], id="invalid"),
        pytest.param(
            part(0, 9)[:-4] + b"\r\n" + part(500, 600), [(500, 600)], id="too-short"
        ),
        pytest.param(
            part(0, 9)[:-2] + b"more\r\n" + part(500, 600), [(500, 600)], id="too-long"
        ),
        pytest.param(
            b"--B\r\nA: b\r\n\r\nc\r\n" + TWO + END,
            [(0, 9), (500, 1_523)],
            id="no-range",
        ),
        pytest.param(
            b"--B\r\nA:" + b"b" * MAX_OVERHEAD + b"\r\n\r\n" + TWO,
            [(0, 9), (500, 1_523)],
            id="long-header",
        ),
        pytest.param(b"", [], id="empty"),
        pytest.param(b"--B", [], id="delimiter-only"),
        pytest.param(b"--B--\r\n", [], id="no-part"),
    ],
)
def test_whole_parts_are_read(body: bytes, expected: list[tuple[int, int]]) -> None:
    parts = range_parts(body, b"B", most=9)

    assert [(p.content_range.first, p.content_range.last) for p in parts] == expected
    for one in parts:
        span = one.content_range
        assert one.data == FILE[span.first : span.last + 1]


def test_a_boundary_in_the_data_ends_no_part() -> None:
    data = b"\r\n--B\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--B--\r\n"
    head = f"--B\r\nContent-Range: bytes 0-{len(data) - 1}/999\r\n\r\n".encode()

    (one,) = range_parts(head + data + b"\r\n" + END, b"B", most=9)

    assert one.data == data


def test_no_more_delimiters_are_looked_at_than_asked_for() -> None:
    body = b"".join(part(n, n) for n in range(100))

    assert len(range_parts(body, b"B", most=5)) == 5


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("multipart/byteranges; boundary=THIS_STRING", b"THIS_STRING"),
        ("Multipart/ByteRanges;Boundary=a-b", b"a-b"),
        ('multipart/byteranges; boundary="a b:c"', b"a b:c"),
        ("multipart/byteranges; charset=x; boundary=a", b"a"),
        ("multipart/byteranges; boundary=a; charset=x", b"a"),
        ("multipart/byteranges", None),
        ("multipart/byteranges; boundary=", None),
        ("multipart/byteranges; boundary=" + "a" * 71, None),
        ("multipart/form-data; boundary=a", None),
        ("image/jpeg", None),
    ],
)
def test_the_boundary_is_read(content_type: str, expected: bytes | None) -> None:
    assert boundary_of(content_type) == expected
