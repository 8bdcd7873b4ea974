"""Read the list of a fleet: the URLs that its shards will crawl."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.console.program import program
from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.errors import BadInput
from fpcrawler.input.lists import ELSEWHERE, UnreadableSource, origin_of_list
from fpcrawler.input.sources import InvalidLine, Sources

if TYPE_CHECKING:
    from fpcrawler.fleet.program import Program
    from fpcrawler.input.sources import ListEntry

LOG_SETTINGS = ("LOG_LEVEL",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A list to crawl, its arguments and settings, and the URLs per shard.

    ``marks``: of the settings, as in the manifest. ``machine``: the name of this one,
    which crawls local files; None: skip them.
    """

    urls_file: str
    arguments: dict[str, str]
    settings: dict[str, str]
    shard_urls: int
    program: Program
    marks: dict[str, str] = field(default_factory=dict)
    machine: str | None = None

    def id_with(self, list_sha256: str) -> str:
        """Return the same ID for the same list, arguments and settings.

        The log level does not change the ID.
        """
        settings = {k: v for k, v in self.settings.items() if k not in LOG_SETTINGS}
        options = [self.arguments, settings, self.shard_urls]
        text = json.dumps([list_sha256, *options], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]


class Reading:
    """Reads the list: its URLs, their digest, and counts of skipped lines.

    ``origin``: the URLS_FILE_ORIGIN of the shards, known when the list is read. What
    their crawls would refuse by its spelling is already skipped here.
    """

    def __init__(self, submission: Submission, report: Callable[[str], None]) -> None:
        self.rejected = self.local = 0
        self.files: IO[str] | None = None  # the URLs of local files
        self._keeps_files = submission.machine is not None
        self.origin = origin_of_list(submission.urls_file)
        self._urls_file = submission.urls_file
        self._allows_all = submission.settings.get("PRIVATE_ADDRESSES") == "allow"
        self._report = report
        self._digest = sha256()

    def urls(self) -> Iterator[str]:
        """Yield the URLs of the web; raises BadInput."""
        try:
            for entry in Sources(urls_file=self._urls_file).entries():
                if isinstance(entry, InvalidLine):
                    self.rejected += 1
                    self._report(f"{entry.where}: {entry.reason}")
                elif entry.authorization is not None:
                    self.rejected += 1
                    self._report(
                        f"{entry.where}: it has a password, which a fleet would store; "
                        f"crawl it with: {program()} crawl images"
                    )
                elif entry.url.startswith("file:"):
                    self._take_file(entry.url)
                elif not (self._allows_all or entry.lists_origin) and (
                    host := private_host(urlsplit(entry.url).hostname or "")
                ):
                    self.rejected += 1
                    self._report(f"{entry.where}: leads to the private host {host}")
                else:
                    self._note_origin(entry)
                    self._digest.update(f"{entry.url}\n".encode())
                    yield entry.url
        except UnreadableSource as error:
            raise BadInput(str(error)) from error

    def _take_file(self, url: str) -> None:
        if not self._keeps_files:
            self.local += 1
            return
        self._digest.update(f"{url}\n".encode())
        if self.files is not None:
            self.files.write(f"{url}\n")

    def _note_origin(self, entry: ListEntry) -> None:
        # A redirect that left the origin of the list may not come back to it.
        if not entry.lists_origin and is_same_origin(self.origin, entry.url):
            self.origin = ELSEWHERE

    def sha256(self) -> str:
        return self._digest.hexdigest()
