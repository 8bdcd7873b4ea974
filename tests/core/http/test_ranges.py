from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES, SAMPLE_RANGE
from fpcrawler.core.http.ranges import (
    NON_AUTHORITATIVE,
    OK,
    PARTIAL_CONTENT,
    RANGE_NOT_SATISFIABLE,
    Answer,
    ContentRange,
    parse_byte_range,
)

SIZE = 32_764
MIN_SIZE = 20_480
SAMPLE_OF_SIZE = ContentRange(0, SAMPLE_BYTES - 1, SIZE)
WHOLE_OF_SIZE = ContentRange(0, SIZE - 1, SIZE)
SAMPLE_OF_UNKNOWN = ContentRange(0, SAMPLE_BYTES - 1, None)


def answer(
    status: int,
    content_range: ContentRange | None = None,
    content_length: int | None = None,
    *,
    encoded: bool = False,
    has_invalid_range: bool = False,
    received: int = 0,
) -> Answer:
    return Answer(
        status=status,
        content_range=content_range,
        content_length=content_length,
        encoded=encoded,
        has_invalid_range=has_invalid_range,
        received=received,
    )


def test_the_sample_is_the_seeds_10_241_bytes() -> None:
    assert SAMPLE_RANGE == "bytes=0-10240"
    assert parse_byte_range(SAMPLE_RANGE) == (0, SAMPLE_BYTES - 1)
    assert SAMPLE_BYTES == 10_241


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            "bytes 42-1233/1234", ContentRange(42, 1233, 1234), id="RFC 9110 14.4 total"
        ),
        pytest.param(
            "bytes 42-1233/*", ContentRange(42, 1233, None), id="RFC 9110 14.4 unknown"
        ),
        pytest.param(
            "bytes 0-499/1234", ContentRange(0, 499, 1234), id="RFC 9110 14.4 first 500"
        ),
        pytest.param(
            "bytes 734-1233/1234",
            ContentRange(734, 1233, 1234),
            id="RFC 9110 14.4 last 500",
        ),
        pytest.param("bytes 0-0/1", ContentRange(0, 0, 1), id="one byte"),
        pytest.param(
            "Bytes 0-9/10",
            ContentRange(0, 9, 10),
            id="RFC 9110 14.1 unit in any case",
        ),
        pytest.param("  bytes  0-9/10 ", ContentRange(0, 9, 10), id="spaces around"),
        pytest.param(
            "bytes 0-4294967295/4294967296",
            ContentRange(0, 4_294_967_295, 4_294_967_296),
            id="4 GiB",
        ),
    ],
)
def test_a_content_range_is_read(value: str, expected: ContentRange) -> None:
    assert ContentRange.parse(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="no header"),
        pytest.param("", id="empty"),
        pytest.param("bytes */1234", id="RFC 9110 14.4 unsatisfied range"),
        pytest.param("bytes 9-0/10", id="RFC 9110 14.4 last before first"),
        pytest.param("bytes 0-9/9", id="RFC 9110 14.4 total not above last"),
        pytest.param("bytes 0-9/0", id="empty file"),
        pytest.param("bytes 0-9", id="no total"),
        pytest.param("bytes 0-/10", id="no last"),
        pytest.param("bytes -9/10", id="suffix range of a request"),
        pytest.param("bytes=0-9/10", id="a request's equals sign"),
        pytest.param("bytes 0-9/10, 20-29/30", id="two ranges"),
        pytest.param("items 0-9/10", id="RFC 9110 14.1 another unit"),
        pytest.param("bytes +0-9/10", id="a sign"),
        pytest.param("bytes 0-9/1_0", id="an underscore"),
        pytest.param(f"bytes 0-9/{10**40}", id="no file is so large"),
        pytest.param(
            "bytes \u0660-\u0669/\u0661\u0660", id="RFC 5234 B.1 DIGIT is 0 to 9"
        ),
    ],
)
def test_an_invalid_content_range_is_none(value: str | None) -> None:
    assert ContentRange.parse(value) is None


OFFSETS = st.integers(min_value=0, max_value=2**63 - 1)


@given(
    offsets=st.tuples(OFFSETS, OFFSETS, OFFSETS).map(sorted), has_total=st.booleans()
)
def test_a_content_range_is_parsed_as_it_was_written(
    offsets: list[int], *, has_total: bool
) -> None:
    first, last, total = offsets
    part = ContentRange(first, last, total + 1 if has_total else None)

    value = f"bytes {part.first}-{part.last}/{part.total if has_total else '*'}"

    assert ContentRange.parse(value) == part
    assert part.length == len(range(first, last + 1))


@given(st.text())
def test_a_content_range_that_is_read_is_valid(value: str) -> None:
    part = ContentRange.parse(f"bytes {value}")

    assert part is None or 0 <= part.first <= part.last < (part.total or 2**64)


@pytest.mark.parametrize(
    ("given_answer", "size"),
    [
        pytest.param(answer(OK, content_length=SIZE), SIZE, id="Content-Length of 200"),
        pytest.param(answer(OK), None, id="RFC 9112 7.1 chunked 200"),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, SAMPLE_BYTES),
            SIZE,
            id="total of Content-Range",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_UNKNOWN, SAMPLE_BYTES),
            None,
            id="unknown total is not the part's length",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, content_length=SAMPLE_BYTES),
            None,
            id="206 without a range",
        ),
        pytest.param(
            answer(OK, content_length=SIZE, encoded=True),
            None,
            id="RFC 9110 8.6 length of the coded form",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, encoded=True),
            None,
            id="RFC 9110 14.2 range of the coded form",
        ),
        pytest.param(
            answer(OK, SAMPLE_OF_SIZE, SAMPLE_BYTES),
            None,
            id="RFC 9110 15.3.7 a 200 of a part",
        ),
        pytest.param(
            answer(OK, SAMPLE_OF_SIZE, SIZE), None, id="RFC 9110 14.4 part or whole"
        ),
        pytest.param(answer(OK, WHOLE_OF_SIZE, SIZE), SIZE, id="both say the whole"),
        pytest.param(answer(OK, WHOLE_OF_SIZE), SIZE, id="a chunked 200 of the whole"),
        pytest.param(
            answer(OK, content_length=SIZE, has_invalid_range=True),
            None,
            id="RFC 9110 14.4 `bytes */N` in a 200",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, SIZE),
            None,
            id="RFC 9110 8.6 a part as long as the file",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, 0),
            None,
            id="RFC 9110 8.6 a part of nothing",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, received=SAMPLE_BYTES + 1),
            None,
            id="RFC 9110 14.4 a body longer than the range",
        ),
    ],
)
def test_the_image_size_is_what_the_server_states(
    given_answer: Answer, size: int | None
) -> None:
    assert given_answer.image_size == size


@pytest.mark.parametrize(
    ("given_answer", "received", "has_sample"),
    [
        pytest.param(answer(OK), 0, True, id="a 200 is the file"),
        pytest.param(answer(201), 0, True, id="RFC 9110 15.3.2 made just now"),
        pytest.param(
            answer(NON_AUTHORITATIVE), 0, True, id="RFC 9110 15.3.4 changed by a proxy"
        ),
        pytest.param(answer(202), 0, True, id="Fetch 2.2.3 an ok status"),
        pytest.param(answer(226), 0, True, id="RFC 3229 10.4.1 IM used"),
        pytest.param(answer(299), 0, True, id="RFC 9110 15 an unknown 2xx is a 200"),
        pytest.param(answer(204), 0, False, id="RFC 9110 15.3.5 no content"),
        pytest.param(answer(205), 0, False, id="RFC 9110 15.3.6 no content"),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE), SAMPLE_BYTES, True, id="as asked"
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_UNKNOWN),
            SAMPLE_BYTES,
            True,
            id="as asked, of an unknown total",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(0, 99, 100)),
            100,
            True,
            id="a file that is shorter",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(0, SIZE - 1, SIZE)),
            SAMPLE_BYTES + 1,
            True,
            id="RFC 9110 15.3.7 more than was requested",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE),
            SAMPLE_BYTES - 1,
            False,
            id="a byte is missing",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(0, SAMPLE_BYTES - 2, SIZE)),
            SAMPLE_BYTES - 1,
            False,
            id="exclusive end",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(0, 99, None)),
            100,
            False,
            id="short, of an unknown total",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(1, SAMPLE_BYTES, SIZE)),
            SAMPLE_BYTES,
            False,
            id="starts at 1",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT), SAMPLE_BYTES, False, id="multipart/byteranges"
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, encoded=True),
            SAMPLE_BYTES,
            False,
            id="part of the coded form",
        ),
        pytest.param(answer(RANGE_NOT_SATISFIABLE), 100, False, id="RFC 9110 15.5.17"),
    ],
)
def test_a_response_has_the_sample_or_not(
    given_answer: Answer, received: int, *, has_sample: bool
) -> None:
    judged = replace(given_answer, received=received)

    assert judged.has_sample is has_sample
    if not has_sample:
        assert judged.asks_for_whole(min_size=MIN_SIZE)


@pytest.mark.parametrize(
    ("given_answer", "has_sample"),
    [
        pytest.param(
            answer(OK, SAMPLE_OF_SIZE, SAMPLE_BYTES, received=SAMPLE_BYTES),
            True,
            id="RFC 9110 15.3.7 a 200 of a part",
        ),
        pytest.param(
            answer(OK, ContentRange(0, 99, SIZE), 100, received=100),
            False,
            id="a 200 of a part that is shorter than the sample",
        ),
        pytest.param(
            answer(OK, ContentRange(0, 99, 100), 5_000, received=5_000),
            False,
            id="the file may be longer",
        ),
        pytest.param(
            answer(OK, ContentRange(1, SAMPLE_BYTES, SIZE), received=SAMPLE_BYTES),
            False,
            id="a 200 of a part from the middle",
        ),
        pytest.param(
            answer(OK, SAMPLE_OF_SIZE, encoded=True, received=SAMPLE_BYTES),
            False,
            id="RFC 9110 14.2 a 200 of a part of the coded form",
        ),
        pytest.param(
            answer(OK, has_invalid_range=True, received=SAMPLE_BYTES),
            True,
            id="RFC 9110 14.4 `bytes */N` in a 200",
        ),
        pytest.param(
            answer(OK, has_invalid_range=True, received=SAMPLE_BYTES - 1),
            False,
            id="RFC 9110 14.4 `bytes */N` in a short 200",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, has_invalid_range=True, received=SAMPLE_BYTES),
            False,
            id="RFC 9110 15.3.7.2 multipart/byteranges",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, SIZE, received=SAMPLE_BYTES),
            True,
            id="RFC 9110 8.6 a part as long as the file",
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, ContentRange(0, 99, 100), received=SAMPLE_BYTES),
            True,
            id="RFC 9110 14.4 a body longer than the total",
        ),
    ],
)
def test_a_response_that_contradicts_itself_is_requested_again(
    given_answer: Answer, *, has_sample: bool
) -> None:
    assert given_answer.contradicts_itself
    assert given_answer.asks_for_whole(min_size=0)
    assert given_answer.has_sample is has_sample
    assert given_answer.image_size is None
    assert not given_answer.is_whole


@pytest.mark.parametrize(
    ("content_range", "received", "min_size", "asks_for_whole"),
    [
        pytest.param(SAMPLE_OF_SIZE, SAMPLE_BYTES, MIN_SIZE, False, id="size is known"),
        pytest.param(
            SAMPLE_OF_UNKNOWN, SAMPLE_BYTES, MIN_SIZE, True, id="may be too small"
        ),
        pytest.param(
            ContentRange(0, MIN_SIZE, None),
            MIN_SIZE + 1,
            MIN_SIZE,
            False,
            id="enough bytes that it is not too small",
        ),
        pytest.param(
            ContentRange(0, MIN_SIZE - 1, None), MIN_SIZE, MIN_SIZE, True, id="the edge"
        ),
        pytest.param(SAMPLE_OF_UNKNOWN, SAMPLE_BYTES, 0, False, id="no size is small"),
    ],
)
def test_a_part_of_unknown_total_asks_for_the_whole_until_it_is_large_enough(
    content_range: ContentRange, received: int, min_size: int, *, asks_for_whole: bool
) -> None:
    part = answer(PARTIAL_CONTENT, content_range, received=received)

    assert part.asks_for_whole(min_size=min_size) is asks_for_whole


def test_a_complete_response_never_asks_for_the_whole() -> None:
    assert not answer(OK).asks_for_whole(min_size=MIN_SIZE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("bytes=0-499", (0, 499), id="RFC 9110 14.1.2 first 500"),
        pytest.param("bytes=9500-", (9500, None), id="RFC 9110 14.1.2 open end"),
        pytest.param("bytes=-500", None, id="RFC 9110 14.1.2 suffix"),
        pytest.param("bytes=0-0,-1", None, id="RFC 9110 14.1.2 first and last"),
        pytest.param("bytes=a-b", None, id="not numbers"),
        pytest.param("", None, id="no header"),
    ],
)
def test_a_single_byte_range_is_read(
    value: str, expected: tuple[int, int | None] | None
) -> None:
    assert parse_byte_range(value) == expected


IN_TWO_FORMS = answer(PARTIAL_CONTENT, has_invalid_range=True)


@pytest.mark.parametrize(
    ("response", "accept_ranges", "has_ranges"),
    [
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE), None, True, id="14.2: a range"
        ),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_UNKNOWN), "none", True, id="it did it"
        ),
        pytest.param(IN_TWO_FORMS, "bytes", None, id="no single range"),
        pytest.param(
            answer(PARTIAL_CONTENT, SAMPLE_OF_SIZE, received=SAMPLE_BYTES + 1),
            "bytes",
            None,
            id="14.4: more bytes than the range",
        ),
        pytest.param(answer(OK, SAMPLE_OF_SIZE), None, None, id="15.3.7: 200, a part"),
        pytest.param(
            answer(OK, content_length=SIZE), None, False, id="14.2: a Range ignored"
        ),
        pytest.param(
            answer(OK, received=SAMPLE_BYTES + 1), None, False, id="no length stated"
        ),
        pytest.param(
            answer(OK, content_length=SIZE),
            "Bytes",
            None,
            id="14.3: says bytes, is 200",
        ),
        pytest.param(
            answer(OK, content_length=SIZE), " None", False, id="14.3: says none"
        ),
        pytest.param(
            answer(OK, content_length=SAMPLE_BYTES), "", None, id="within the range"
        ),
        pytest.param(
            answer(OK, content_length=9), "none", False, id="within, says none"
        ),
    ],
)
def test_a_server_has_ranges_or_not_or_that_is_unknown(
    response: Answer,
    accept_ranges: str | None,
    has_ranges: bool | None,  # noqa: FBT001 - a value of the table
) -> None:
    assert response.has_ranges(accept_ranges, was_asked=True) is has_ranges


@pytest.mark.parametrize(
    ("accept_ranges", "has_ranges"), [(None, None), ("bytes", None), ("none", False)]
)
def test_a_whole_file_that_was_requested_proves_no_ranges(
    accept_ranges: str | None,
    has_ranges: bool | None,  # noqa: FBT001 - a value of the table
) -> None:
    response = answer(OK, content_length=SIZE)

    assert response.has_ranges(accept_ranges, was_asked=False) is has_ranges
