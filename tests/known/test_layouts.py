from __future__ import annotations

from pathlib import Path

import pytest

from tests.known.lists import (
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
