from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.feeds.locking import lock


def test_a_lock_holds_until_its_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as first, path.open("ab") as second:
        assert lock(first.fileno(), path)
        assert not lock(second.fileno(), path)
        first.close()
        assert lock(second.fileno(), path)


def test_a_file_that_lost_its_name_to_another_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as file:
        path.unlink()
        path.touch()

        assert not lock(file.fileno(), path)


def test_a_file_that_was_removed_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as file:
        path.unlink()

        with pytest.raises(FileNotFoundError):
            lock(file.fileno(), path)
