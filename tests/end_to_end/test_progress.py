"""The progress line on a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import termios
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.console.text import size_in_words
from tests.commands import SCRAPY, environment, run_scrapy
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire


def terminal_of(
    folder: Path,
    *arguments: str,
    columns: int = 80,
    stop_at: str | None = None,
) -> str:
    """Run a crawl whose stderr is a terminal; return what the terminal got.

    ``stop_at``: the text at which the terminal's user presses ctrl-C.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    with subprocess.Popen(
        [*SCRAPY, "crawl", "images", *arguments],
        cwd=folder,
        env=environment(),
        stderr=theirs,
    ) as child:
        os.close(theirs)
        shown = ""
        while select.select([ours], [], [], 60)[0]:  # a deadline
            try:
                shown += os.read(ours, 65_536).decode()
            except OSError:  # the last writer has closed it
                break
            if stop_at and stop_at in shown:
                child.send_signal(signal.SIGINT)
                stop_at = None
    os.close(ours)
    # Where the package colorlog is installed, Scrapy colours its log.
    return re.sub(r"\x1b\[\d+m", "", shown)


def test_a_terminal_sees_progress_and_whole_lines(tmp_path: Path) -> None:
    urls = f"urls={GALLERY} https://nowhere.invalid/a.jpg"
    shown = terminal_of(tmp_path, "-a", urls)
    lines = [line.rpartition("\r")[2] for line in shown.split("\r\n")]

    assert "0 images, 0.0/s" in shown.split("WARNING")[0]
    (warning,) = (line for line in lines if "WARNING" in line)
    assert "the host name was not found" in warning
    assert warning.endswith("(CannotResolveHostError)")
    assert any(line.startswith("pages ") for line in lines)


@pytest.mark.untraced
def test_the_log_stays_quiet_at_its_level(tmp_path: Path) -> None:
    shown = terminal_of(tmp_path, "-a", f"urls={GALLERY}", "-s", "LOG_FILE=crawl.log")

    assert "INFO" not in shown
    assert "DEBUG" not in (tmp_path / "crawl.log").read_text()


@pytest.mark.untraced
def test_ctrl_c_says_what_happens_and_how_to_go_on(tmp_path: Path) -> None:
    names = [f"{number}.jpg" for number in range(20)]
    photo = (GALLERY / "harbour.jpg").read_bytes()
    for name in names:
        (tmp_path / name).write_bytes(photo + name.encode())
    tags = "".join(f"<img src={name}>" for name in names)
    (tmp_path / "page").write_text(f"<!DOCTYPE html>{tags}<a href=/archive>")
    (tmp_path / "archive").write_bytes(b"PK\3\4" + bytes(1_000))
    serve, going_on = folder(tmp_path), threading.Event()
    served: set[str] = set()

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path.endswith(".jpg") and len(served) < 3:  # whichever comes first
            served.add(asked.path)
        if asked.path.endswith(".jpg") and asked.path not in served:
            async with asyncio.timeout(60):
                while not going_on.is_set():  # noqa: ASYNC110 - set by another thread
                    await asyncio.sleep(0.01)
        await serve(asked, wire)

    with serving(app) as server:
        page = f"http://me:secret@127.0.0.1:{server.url.rpartition(':')[2]}/page"
        arguments = ["-a", f"urls={page}", "-a", "depth=1", "-O", "a.jsonl"]
        shown = terminal_of(tmp_path, *arguments, columns=40, stop_at="3/20")
        lines = [line.rpartition("\r")[2].strip() for line in shown.split("\r\n")]
        states = [state for line in shown.split("\r\n") for state in line.split("\r")]

        assert re.search(r"stopping: \d requests? ends?; once more stops now", shown)
        progress = [state for state in states if "/20" in state]
        assert progress
        assert max(map(len, progress)) < 40
        summary = lines[lines.index("stopped by a signal") :]
        assert "images  20 found: 3 kept, 17 not asked for" in summary
        assert "feed    a.jsonl (3 records)" in summary
        (command,) = (line[8:] for line in summary if line.startswith("go on "))
        assert "secret" not in shown

        going_on.set()
        words = shlex.split(command.replace("…@", ""))
        # It must take longer than the time between two lines of progress.
        slowly = ("-s", "PROGRESS_INTERVAL=0.1", "-s", "DOWNLOAD_DELAY=0.1")
        last = run_scrapy(*words[1:], *slowly, cwd=tmp_path)

    assert last.returncode == 0
    assert "pages   1 crawled, 1 dropped (NotAPage 1)" in last.stderr
    assert "images  20 found: 17 kept, 3 done before" in last.stderr
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 20
    assert re.search(r"^progress \d+(/\d+\+?)? images?, ", last.stderr, re.MULTILINE)


def test_a_folder_is_counted_by_its_images(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    photo = (GALLERY / "harbour.jpg").read_bytes()
    (images / "a.jpg").write_bytes(photo)
    (images / "b.jpg").write_bytes(photo[:10_000])
    for number in range(3):
        (images / f"{number}.txt").write_bytes(b"text " * 20_000)

    child = run_scrapy("crawl", "images", "-a", "folder=images", cwd=tmp_path)

    *lines, last = child.stderr.splitlines()
    assert lines[:3] == [
        "pages   0 crawled",
        "images  2 found: 1 kept, 1 dropped (TooSmall 1)",
        "others  3 files not an image",
    ]
    assert lines[3].endswith(f"{size_in_words(len(photo) + 10_000)} (all images)")
    assert last.startswith("note    1 image that you listed dropped as TooSmall")
