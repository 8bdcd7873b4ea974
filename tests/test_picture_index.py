"""The search for parts of pictures finds each form, and nothing shorter."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaks import SHORTEST
from tests.picture_index import PictureIndex, opens
from tests.servers.quirks import GALLERY

PICTURE = random.Random(1).randbytes(2_000)
INDEX = PictureIndex([PICTURE, random.Random(2).randbytes(2_000)])
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "hexadecimal": lambda data: data.hex().encode(),
    "odd hexadecimal": lambda data: b"a" + data.hex().encode(),
    "base64": base64.b64encode,
    "base64 after 1": lambda data: base64.b64encode(b"a" + data),
    "base64 after 2": lambda data: base64.b64encode(b"ab" + data),
    "URL-safe": base64.urlsafe_b64encode,
    "Python's text": lambda data: repr(data).encode(),
    "JSON": lambda data: "".join(f"\\u00{byte:02x}" for byte in data).encode(),
    "UTF-8": lambda data: data.decode("latin-1").encode(),
}


@pytest.mark.parametrize("first", [0, 1, 64, 700, 2_000 - SHORTEST])
@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_a_picture_is_found_in_each_form(form: str, first: int) -> None:
    around = b'{"a": "%b", "b": "c"}'

    assert INDEX.finds(around % FORMS[form](PICTURE[first : first + SHORTEST]))
    assert not INDEX.finds(around % FORMS[form](PICTURE[first : first + SHORTEST - 1]))


def test_runs_of_equal_bytes_are_not_a_picture() -> None:
    assert not PictureIndex([b" " * 500 + PICTURE]).finds(b" " * 500)


def test_pillow_opens_pictures_only() -> None:
    assert opens((GALLERY / "icon.png").read_bytes())
    assert not opens(Path(__file__).read_bytes())
    assert not opens(b"BM25966-x" * 9)
