"""Temporary folders are removed after a kill, and only those."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from fpcrawler.feeds.scratch import remove_left, scratch

_LIVES = """
import sys, time
from pathlib import Path
from fpcrawler.feeds.scratch import scratch
with scratch("tables", Path(sys.argv[1])) as folder:
    (folder / "rows").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


def age(*paths: Path) -> None:
    an_hour_ago = time.time() - 3_601
    for path in paths:
        os.utime(path, (an_hour_ago, an_hour_ago), follow_symlinks=False)


def test_a_folder_is_removed_once_its_process_was_killed(tmp_path: Path) -> None:
    command = (sys.executable, "-c", _LIVES, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        folder = Path(child.stdout.readline().strip())
        age(folder)
        with scratch("export", tmp_path):
            assert (folder / "rows").exists()
        child.send_signal(signal.SIGKILL)
    with scratch("export", tmp_path) as other:
        assert [*tmp_path.iterdir()] == [other]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner").touch()
    link = tmp_path / "fpcrawler-tables-link"
    link.symlink_to(elsewhere)
    linked_owner = tmp_path / "fpcrawler-tables-owner"
    unlocked = tmp_path / "fpcrawler-tables-unlocked"
    file = tmp_path / "fpcrawler-tables-file"
    for folder in (linked_owner, unlocked):
        folder.mkdir()
    (linked_owner / "owner").symlink_to(elsewhere / "owner")
    (unlocked / "0.plain").touch()
    file.touch()
    before = {*tmp_path.rglob("*")}
    age(elsewhere, link, linked_owner, unlocked, file)
    remove_left(tmp_path)

    assert {*tmp_path.rglob("*")} == before


def test_a_folder_without_owner_and_files_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "fpcrawler-known-x"
    folder.mkdir()
    age(folder)
    remove_left(tmp_path)

    assert not folder.exists()
