"""A real Scrapyd on a free loopback port, used only through its HTTP API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from requests import Session

from tests.servers.nginx import free_port, wait_for

USERNAME, PASSWORD = "fingerprints", "of pictures"
PROJECT = "fpcrawler"

_CONFIG = """
[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
username = {username}
password = {password}
poll_interval = 0.1
max_proc = 2
items_dir = {items_dir}
"""


@dataclass(slots=True, kw_only=True)
class Scrapyd:
    """A running daemon."""

    url: str
    home: Path
    web: Session = field(default_factory=Session)

    def get(self, method: str, **values: Any) -> dict[str, Any]:
        reply = self.web.get(f"{self.url}/{method}.json", params=values, timeout=60)
        return _ok(reply.json())

    def post(self, method: str, *, egg: bytes = b"", **values: Any) -> dict[str, Any]:
        reply = self.web.post(
            f"{self.url}/{method}.json",
            data={"project": PROJECT, **values},
            files={"egg": egg} if egg else None,
            timeout=60,
        )
        return _ok(reply.json())

    def text(self, path: str) -> str:
        """Return the text at a path: a log, or the items of a job."""
        reply = self.web.get(f"{self.url}{path}", timeout=60)
        reply.raise_for_status()
        reply.encoding = "utf-8"
        return reply.text

    def schedule(self, **values: Any) -> str:
        """Start a job of the spider; return its ID."""
        return str(self.post("schedule", spider="images", **values)["jobid"])

    def job(self, job: str, state: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a job has reached ``state``; return its entry in the list."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for entry in self.get("listjobs", project=PROJECT)[state]:
                if entry["id"] == job:
                    return dict(entry)
            time.sleep(0.2)  # a question costs both sides more than the wait
        raise TimeoutError(f"job {job} is not {state} after {seconds} s")

    def log(self, job: str) -> str:
        """Return the log of a job, after it has ended."""
        return self.text(self.job(job, "finished")["log_url"])

    def items(self, job: str) -> list[dict[str, Any]]:
        """Return the records of a job, after it has ended."""
        lines = self.text(self.job(job, "finished")["items_url"]).splitlines()
        return [json.loads(line) for line in lines]


@contextmanager
def scrapyd(
    home: Path, *, items_dir: str = "", env: Mapping[str, str] | None = None
) -> Iterator[Scrapyd]:
    """Run a Scrapyd in ``home``; it gets this project only as an egg."""
    home.mkdir()
    port = free_port()
    (home / "scrapyd.conf").write_text(
        _CONFIG.format(
            port=port, username=USERNAME, password=PASSWORD, items_dir=items_dir
        )
    )
    with (
        (home / "scrapyd.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "scrapyd"],
            cwd=home,
            env={**outside(), **(env or {})},
            stdout=log,
            stderr=log,
        ) as daemon,
    ):
        try:
            wait_for(port)
            running = Scrapyd(url=f"http://127.0.0.1:{port}", home=home)
            running.web.auth = (USERNAME, PASSWORD)
            yield running
        finally:
            daemon.terminate()


def outside() -> dict[str, str]:
    """Return an environment without any reference to the source tree.

    Nor has it coverage, which would count the modules of an egg separately.
    """
    own = ("PYTHON", "SCRAPY", "COVERAGE", "AWS_")
    return {k: v for k, v in os.environ.items() if not k.startswith(own)}


def _ok(reply: dict[str, Any]) -> dict[str, Any]:
    if reply["status"] != "ok":
        raise RuntimeError(reply["message"])
    return reply
