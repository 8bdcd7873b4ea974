from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler.known.loading import known_lists
from tests.known.lists import (
    OTHER,
    SIZE,
    M,
    S,
    matches,
    write,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{M} *C:\\DCIM\\0001.jpg\n", "C:\\DCIM\\0001.jpg"),
        (f"{S}  a\n\\{M}  a\\0\\nb.jpg\n", "a\\0\\nb.jpg"),
        (f"MD5 (C:\\0\\0.jpg) = {M}\n", "C:\\0\\0.jpg"),
        (
            f"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## \n{SIZE},{M},C:\\0.jpg\n",
            "C:\\0.jpg",
        ),
        (f"md5,name\n{M},C:\\0.jpg\n", "C:\\0.jpg"),
        (f"sep='\nmd5'name\n{M}'C:\\0.jpg\n", "C:\\0.jpg"),
    ],
)
def test_a_line_may_have_any_backslash(tmp_path: Path, text: str, name: str) -> None:
    match = matches(write(tmp_path / "list", text))[0]

    assert (match["kind"], match["name"]) == ("md5", name)


@pytest.mark.parametrize("line", [f"\\{S}  a\\nb.jpg\n", f"\\{S},a.jpg\n"])
def test_the_first_line_may_be_one_that_md5sum_escapes(
    tmp_path: Path, line: str
) -> None:
    (match,) = matches(write(tmp_path / "list", line))

    assert (match["kind"], match["row"]) == ("sha1", 1)


@pytest.mark.parametrize("digests", [(M, OTHER), (OTHER, M)])
@pytest.mark.parametrize(
    "text",
    [
        "md5,name,md5_hash\n{},a,{}\n",
        "MD5,MD5\n{},{}\n",
        "{},{}\n",
        "a,{},{}\n",
        "{} {}\n",
        "{} {} a.jpg\n",
        '[{{"md5": "{}", "MD5": "{}"}}]',
    ],
)
def test_each_digest_of_a_row_is_compared(
    tmp_path: Path, text: str, digests: tuple[str, str]
) -> None:
    path = write(tmp_path / "list", text.format(*digests))

    assert [match["row"] for match in matches(path)] == [1]
    assert known_lists(Settings({"KNOWN_LISTS": [str(path)]})).digests == 2
