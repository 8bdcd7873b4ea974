"""Cut a list into shards and write their manifest, in one pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.passwords import shown
from fpcrawler.errors import BadInput
from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.grouping import Grouping
from fpcrawler.fleet.manifest import COLLECTED, MANIFEST, Manifest, Shard, list_name
from fpcrawler.fleet.places.folder import digest_of
from fpcrawler.fleet.shards import cut
from fpcrawler.input.lists import ELSEWHERE, UnreadableSource, origin_of_list
from fpcrawler.input.sources import InvalidLine, Sources, check_sources

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.program import Program
    from fpcrawler.fleet.shards import Cut
    from fpcrawler.input.sources import ListEntry


_LOG_SETTINGS = ("LOG_LEVEL",)


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

    def id_with(self, list_sha256: str) -> str:
        """Return the same ID for the same list, arguments and settings.

        The log level does not change the ID.
        """
        settings = {k: v for k, v in self.settings.items() if k not in _LOG_SETTINGS}
        options = [self.arguments, settings, self.shard_urls]
        text = json.dumps([list_sha256, *options], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]


def submit(place: Place, submission: Submission, report: Callable[[str], None]) -> bool:
    """Cut a list into shards at ``place``; False if it was already submitted.

    ``report`` is called with a sentence for each invalid line. Raises BadInput,
    also if the place has another fleet.
    """
    _check_text(submission)
    check_sources(Sources(urls_file=submission.urls_file))
    reading = _Reading(submission, report)
    known = Manifest.load(place)
    if known is not None:
        for _ in reading.urls():
            pass
        _check_same(place, known, submission, reading)
        return False
    if place.stored(COLLECTED) is not None:  # the first result would remove it
        raise BadInput(
            f"{place.uri}/{COLLECTED} exists without a {MANIFEST}; name another "
            "place, or remove it."
        )
    place.make()
    try:
        manifest = _stored(place, submission, reading)
        is_new = manifest.save(place)
    finally:
        place.tidy()
    there = Manifest.load(place)
    if there is not None:
        if there.id != manifest.id:
            _remove_lists(place, manifest)
        _check_same(place, there, submission, reading)
    return is_new


class _Reading:
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
                        "crawl it with: scrapy crawl images"
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


def _stored(place: Place, submission: Submission, reading: _Reading) -> Manifest:
    """Store the shards' lists, under names unique to this submission."""
    with (
        scratch("fleet", place.scratch()) as folder,
        (folder / "files").open("w+", encoding="utf-8", newline="\n") as reading.files,
    ):
        grouping = Grouping(folder)
        shards: list[Shard] = []
        for shard, machine in _cut(grouping, reading, submission):
            # The list is read before the first shard is cut, so its digest is known.
            name = list_name(submission.id_with(reading.sha256()), len(shards))
            stored = _stored_list(place, name, shard, folder / "list", machine)
            shards.append(stored)
    if not shards:
        raise BadInput(
            f"{shown(submission.urls_file)!r} has only local files, which other "
            f"machines cannot read; crawl them with: scrapy fleet run."
        )
    return Manifest(
        id=submission.id_with(reading.sha256()),
        submitted=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        urls_file=_text(shown(submission.urls_file)),
        list_origin=reading.origin,
        list_sha256=reading.sha256(),
        program=submission.program,
        duplicates=grouping.duplicates,
        rejected=reading.rejected,
        local=reading.local,
        arguments=submission.arguments,
        settings=submission.settings,
        shards=shards,
    )


def _cut(
    grouping: Grouping, reading: _Reading, submission: Submission
) -> Iterator[tuple[Cut, str | None]]:
    """Yield shards, each with the only machine that can crawl it, if there is one."""
    least = submission.shard_urls
    for shard in cut(grouping.grouped(reading.urls()), least):
        yield shard, None
    if reading.files is not None:
        reading.files.seek(0)
        urls = grouping.grouped(line[:-1] for line in reading.files)
        # The disk needs no turns, so each file counts as a site.
        for shard in cut(((url, url) for _, url in urls), least):
            yield shard, submission.machine


def _stored_list(
    place: Place, name: str, shard: Cut, path: Path, machine: str | None
) -> Shard:
    path.write_text("".join(f"{url}\n" for url in shard.urls), encoding="utf-8")
    place.put(name, path)
    return Shard(
        urls=len(shard.urls),
        sites=shard.sites,
        sha256=digest_of(path),
        follows=shard.follows,
        machine=machine,
    )


def _check_text(submission: Submission) -> None:
    for name, value in {**submission.arguments, **submission.settings}.items():
        if _text(value) != value:
            raise BadInput(f"{name} is {value!r}, which is not UTF-8.")


def _text(name: str) -> str:
    """Return a name that JSON can hold; a file's may have bytes that are not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def _remove_lists(place: Place, manifest: Manifest) -> None:
    for number in range(len(manifest.shards)):
        place.remove(list_name(manifest.id, number))


def _check_same(
    place: Place, known: Manifest, submission: Submission, reading: _Reading
) -> None:
    is_same = known.id == submission.id_with(reading.sha256())
    difference = submission.program.difference(known.program)
    if is_same and known.list_origin == reading.origin and not difference:
        return
    what = f"another list ({known.urls_file}, {known.submitted})"
    if is_same and difference:
        what = f"this list, submitted with {difference}"
    elif is_same:
        what = f"this list, submitted from {known.urls_file}"
    elif known.list_sha256 == reading.sha256():
        others = ", ".join(_differing(known, submission)) or "FLEET_SHARD_URLS"
        what = f"this list, submitted with another value of {others}"
    raise BadInput(f"{place.uri}/{MANIFEST} belongs to {what}; name another place.")


def _differing(known: Manifest, submission: Submission) -> Iterator[str]:
    """Yield the arguments and settings whose values differ."""
    for flag, was, given in (
        ("-a", known.arguments, submission.arguments),
        ("-s", known.settings, submission.settings),
    ):
        for name in sorted(was.keys() | given.keys()):
            if was.get(name) != given.get(name) and name not in _LOG_SETTINGS:
                yield f"{flag} {name}"
