"""The progress line on a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
from pathlib import Path

from tests.commands import SCRAPY, environment
from tests.servers.quirks import GALLERY


def terminal_of(folder: Path, *arguments: str) -> str:
    """Run a crawl whose stderr is a terminal; return what the terminal got."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [*SCRAPY, "crawl", "images", *arguments],
        cwd=folder,
        env=environment(),
        stderr=theirs,
    ) as child:
        os.close(theirs)
        shown = b""
        while child.poll() is None or not shown.endswith(b"records)\r\n"):
            assert select.select([ours], [], [], 60)[0], shown  # a deadline
            try:
                shown += os.read(ours, 65_536)
            except OSError:  # the last writer has closed it
                break
    os.close(ours)
    # Where the package colorlog is installed, Scrapy colours its log.
    return re.sub(r"\x1b\[\d+m", "", shown.decode())


def test_a_terminal_sees_progress_and_whole_lines(tmp_path: Path) -> None:
    urls = f"urls={GALLERY} https://nowhere.invalid/a.jpg"
    shown = terminal_of(tmp_path, "-a", urls)
    lines = [line.rpartition("\r")[2] for line in shown.split("\r\n")]

    assert " images" in shown.split("WARNING")[0]
    (warning,) = (line for line in lines if "WARNING" in line)
    assert "the host name was not found" in warning
    assert warning.endswith("(CannotResolveHostError)")
    assert lines[-5].startswith("pages ")


def test_the_log_stays_quiet_at_its_level(tmp_path: Path) -> None:
    shown = terminal_of(tmp_path, "-a", f"urls={GALLERY}", "-s", "LOG_FILE=crawl.log")

    assert "INFO" not in shown
    assert "DEBUG" not in (tmp_path / "crawl.log").read_text()
