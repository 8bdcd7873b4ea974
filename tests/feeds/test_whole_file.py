from __future__ import annotations

import os
from pathlib import Path

import pytest

from fpcrawler.feeds.whole_file import whole_file


@pytest.mark.parametrize("is_synced", [False, True])
def test_a_file_has_its_name_only_when_it_is_complete(
    tmp_path: Path, *, is_synced: bool
) -> None:
    path = tmp_path / "file"
    with whole_file(path, is_synced=is_synced) as partial:
        partial.write_text("new")
        assert not path.exists()

    assert path.read_text() == "new"
    assert [*tmp_path.iterdir()] == [path]


def break_off(partial: Path) -> None:
    partial.write_text("ne")
    raise OSError("the disk is full")


def test_a_failure_leaves_the_former_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), whole_file(path) as partial:
        break_off(partial)

    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_an_existing_file_can_be_protected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with whole_file(path, replaces=False) as partial:
        partial.write_text("first")
    with pytest.raises(FileExistsError), whole_file(path, replaces=False) as partial:
        partial.write_text("second")

    assert path.read_text() == "first"
    assert [*tmp_path.iterdir()] == [path]


def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileExistsError, match="not a regular file"), whole_file(pipe):
        pass

    assert pipe.is_fifo()
