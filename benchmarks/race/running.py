"""Run the contestants of one heat in turns."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.race.field import CONTESTANTS
from benchmarks.race.heat import Heat, Spent
from benchmarks.race.measured import OUTPUT
from benchmarks.race.pictures import KINDS
from benchmarks.race.server import Server, loopback, serving
from tests.commands import environment

_IMAGES_OF_A_PAGE = 20
_MEASURED = (sys.executable, "-m", "benchmarks.race.measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is read, from how far, and how often."""

    kind: str
    images: int
    delay: int
    """Milliseconds until the server answers."""
    hosts: int
    are_pages: bool
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A course, and what each run of each contestant cost."""

    course: Course
    spent: Mapping[str, list[Spent]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    """Contestants that read no or not all images, and why."""


def race(course: Course, names: list[str], img2dataset: Path | None) -> Result:
    """Run all contestants of a course in turns, so that all meet the same noise."""
    spent: dict[str, list[Spent]] = {}
    failed: dict[str, str] = {}
    with _prepared(course) as (heat, server):
        for number in range(course.runs):
            for name in names:
                if name in failed:
                    continue
                folder = heat.folder / f"{number}"
                folder.mkdir()
                own = replace(heat, folder=folder, img2dataset=img2dataset)
                result = _run(name, own, server, course.images)
                shutil.rmtree(folder)
                if isinstance(result, Spent):
                    spent.setdefault(name, []).append(result)
                elif result:
                    failed[name] = result
    return Result(course=course, spent=spent, failed=failed)


def _run(name: str, heat: Heat, server: Server, images: int) -> Spent | str | None:
    """Return what a run cost, why it does not count, or None if there was none."""
    command = CONTESTANTS[name](heat)
    if command is None:
        return None
    mark = server.mark()
    cost = json.loads(_output([*_MEASURED, *command], heat.folder))
    asked = server.asked_since(mark)
    if cost["exit_code"] or asked.images != images:
        last = (heat.folder / OUTPUT).read_text().strip()[-300:]
        return f"exit {cost['exit_code']}, {asked.images} images of {images}: {last}"
    return Spent(
        wall=cost["wall"],
        cpu=cost["cpu"],
        peak=cost["peak"],
        requests=asked.requests,
        received=asked.received,
    )


def _output(command: list[str], folder: Path) -> bytes:
    """Run a command; whatever happens, nothing that it started stays."""
    run = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        process_group=0,
    )
    try:
        return run.communicate()[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()


@contextmanager
def _prepared(course: Course) -> Iterator[tuple[Heat, Server]]:
    """Serve the pictures of a course, and write its list."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # nginx's workers must read it
        root = home / "root"
        root.mkdir()
        pictures = KINDS[course.kind](home)
        names = [_linked(root, n, pictures) for n in range(course.images)]
        with serving(home / "nginx", root, course.delay) as server:
            bases = [
                f"http://{loopback(number)}:{server.port}"
                for number in range(course.hosts)
            ]
            listed = _pages(root, names) if course.are_pages else names
            urls = [f"{bases[n % len(bases)]}/{one}" for n, one in enumerate(listed)]
            (home / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
            heat = Heat(
                urls_file=home / "urls.txt",
                are_pages=course.are_pages,
                hosts=course.hosts,
                folder=home,
                img2dataset=None,
            )
            yield heat, server


def _linked(root: Path, number: int, pictures: list[Path]) -> str:
    picture = pictures[number % len(pictures)]
    name = f"{number:06}{picture.suffix}"
    (root / name).symlink_to(picture)
    return name


def _pages(root: Path, names: list[str]) -> list[str]:
    """Write pages that show the images; return their names."""
    pages = []
    for at in range(0, len(names), _IMAGES_OF_A_PAGE):
        shown = "".join(f"<img src={n}>\n" for n in names[at : at + _IMAGES_OF_A_PAGE])
        (root / f"{at}.html").write_text(f"<!doctype html>\n{shown}")
        pages.append(f"{at}.html")
    return pages
