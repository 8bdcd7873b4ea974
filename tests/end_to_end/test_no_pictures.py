"""No value of a record holds a part of a picture."""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.core.corpus import CORPUS, files
from tests.crawls import run_crawl
from tests.end_to_end.cases import CASES
from tests.leaks import SHORTEST, leaks, pictures_of, previews_of

pytestmark = pytest.mark.untraced

PICTURE = random.Random(1).randbytes(2_000)
LEAK = PICTURE[700 : 700 + SHORTEST + 3]  # of whole groups of base64
FORMS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "lines": lambda data: base64.encodebytes(data).decode(),
    "URL-safe": lambda data: base64.urlsafe_b64encode(data).decode(),
    "in a sentence": lambda data: f"see{base64.b64encode(data).decode()}, or not",
    "hexadecimal": bytes.hex,
    "spaced": lambda data: f"x{data.hex(' ').upper()}",
    "raw": lambda data: data.decode("latin-1"),
    "numbers": lambda data: str([*data]),
}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, dict[str, Any]]:
    """Crawl the corpus and the cases from disk, with default settings."""
    paths = [*files(), *sorted(CASES.iterdir())]
    home = tmp_path_factory.mktemp("home")
    (home / "urls.txt").write_text("\n".join(path.as_uri() for path in paths))
    result = run_crawl(home, settings={"MIN_IMAGE_SIZE": 0})
    assert result.exit_code == 0
    return {Path(unquote(urlsplit(r["url"]).path)): r for r in result.records}


@pytest.mark.skipif(
    not (CORPUS.is_dir() and CASES.is_dir()), reason="the corpus or cases are missing"
)
def test_no_value_holds_a_part_of_a_picture(
    records: dict[Path, dict[str, Any]],
) -> None:
    has_exiftool = shutil.which("exiftool") is not None
    previews = previews_of(CORPUS, CASES) if has_exiftool else {}
    pictures = {
        path: [*pictures_of(path.read_bytes()), *previews.get(path, [])]
        for path in records
    }

    found = {
        path.name: leaks(record, pictures[path]) for path, record in records.items()
    }

    assert {name: paths for name, paths in found.items() if paths} == {}
    assert sum(bool(each) for each in pictures.values()) > 250
    assert has_exiftool is (sum(map(len, previews.values())) > 30)


@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_a_picture_is_found_in_each_form(form: str) -> None:
    record = {"xmp": {"a": "b"}, "texts": [{"name": "n", "text": FORMS[form](LEAK)}]}
    shorter = {"texts": [{"text": FORMS[form](PICTURE[700 : 700 + SHORTEST - 3])}]}

    assert leaks(record, [PICTURE]) == ["/texts/0/text"]
    assert leaks(shorter, [PICTURE]) == []
    assert leaks({"xmp": {FORMS[form](LEAK): ""}}, [PICTURE]) == ["/xmp/(a name)"]


def test_runs_of_equal_bytes_are_not_a_picture() -> None:
    assert leaks({"alt": " " * 500}, [b" " * 500 + PICTURE]) == []
