"""Files are complete or do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.exports.delivery import whole


def test_a_file_appears_once_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    with whole(str(target)) as path:
        path.write_text("new")
        before = target.read_text()

    assert (before, target.read_text()) == ("old", "new")
    assert [*tmp_path.iterdir()] == [target]


def break_off(path: Path) -> None:
    path.write_text("ne")
    raise OSError("the disk is full")


def test_a_file_stays_where_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    with pytest.raises(OSError, match="full"), whole(str(target)) as path:
        break_off(path)

    assert target.read_text() == "old"
    assert [*tmp_path.iterdir()] == [target]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    with whole(str(tmp_path / "link")) as path:
        path.write_text("new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("/none/out", "its folder does not exist"),
        ("/tmp", "/tmp is not a file"),  # noqa: S108 - nothing is written
        ("/dev/null", "/dev/null is not a file"),
        ("s3://bucket", "use s3://BUCKET/KEY"),
        ("s3:///key", "use s3://BUCKET/KEY"),
    ],
)
def test_an_unwritable_place_is_refused_early(target: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence), whole(target):
        pytest.fail("it was not refused")
