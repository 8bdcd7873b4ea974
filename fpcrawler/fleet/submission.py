"""Read the list of a fleet: the URLs that its shards will crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.console.program import program
from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.errors import BadInput
from fpcrawler.fleet.shards import is_local
from fpcrawler.input.lists import ELSEWHERE, UnreadableSource, origin_of_list
from fpcrawler.input.sources import InvalidLine, Sources

if TYPE_CHECKING:
    from fpcrawler.fleet.program import Program
    from fpcrawler.input.sources import ListEntry

LOG_SETTINGS = ("LOG_LEVEL",)
"""Settings that may differ when a fleet is continued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A list to crawl, its arguments and settings, and the URLs per shard.

    ``machine``: the name of this one, which crawls local files; None: skip them.
    """

    urls_file: str
    arguments: dict[str, str]
    settings: dict[str, str]
    shard_urls: int
    program: Program
    machine: str | None = None


class Reading:
    """Reads the list: its URLs, their number and digest, and counts of skipped lines.

    ``origin``: the URLS_FILE_ORIGIN of the shards, known when the list is read. What
    their crawls would refuse by its spelling is already skipped here.
    """

    def __init__(self, submission: Submission, report: Callable[[str], None]) -> None:
        self.listed = self.rejected = self.local = 0
        self.origin = origin_of_list(submission.urls_file)
        self._submission = submission
        self._report = report
        self._digest = sha256()

    def urls(self) -> Iterator[str]:
        """Yield the URLs, local files only if they are wanted; raises BadInput."""
        try:
            for entry in Sources(urls_file=self._submission.urls_file).entries():
                if isinstance(entry, InvalidLine):
                    self._reject(entry.where, entry.reason)
                elif reason := self._refusal(entry):
                    self._reject(entry.where, reason)
                elif is_local(entry.url) and self._submission.machine is None:
                    self.local += 1
                else:
                    self._note_origin(entry)
                    self.listed += 1
                    self._digest.update(f"{entry.url}\n".encode())
                    yield entry.url
        except UnreadableSource as error:
            raise BadInput(str(error)) from error

    def sha256(self) -> str:
        """Return the digest of the URLs that were yielded."""
        return self._digest.hexdigest()

    def _reject(self, where: str, reason: str) -> None:
        self.rejected += 1
        self._report(f"{where}: {reason}")

    def _refusal(self, entry: ListEntry) -> str | None:
        if entry.authorization is not None:
            return (
                "it has a password, which a fleet would store; crawl it with: "
                f"{program()} crawl images"
            )
        allows_all = self._submission.settings.get("PRIVATE_ADDRESSES") == "allow"
        if allows_all or entry.lists_origin or is_local(entry.url):
            return None
        host = private_host(urlsplit(entry.url).hostname or "")
        return f"leads to the private host {host}" if host else None

    def _note_origin(self, entry: ListEntry) -> None:
        # A redirect that left the origin of the list may not come back to it.
        if not entry.lists_origin and is_same_origin(self.origin, entry.url):
            self.origin = ELSEWHERE
