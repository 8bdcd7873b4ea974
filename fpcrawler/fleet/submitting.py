"""Cut a list into shards and write their manifest, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from fpcrawler.console.program import program
from fpcrawler.core.web.passwords import shown
from fpcrawler.errors import BadInput
from fpcrawler.fleet.manifest import COLLECTED, MANIFEST, Manifest, Shard, list_name
from fpcrawler.fleet.shards import cut, is_local, site_of
from fpcrawler.fleet.submission import LOG_SETTINGS, Reading, Submission
from fpcrawler.input.sources import Sources, check_sources

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

_DIGITS = 16


def submit(
    place: Place, submission: Submission, report: Callable[[str], None]
) -> tuple[Manifest, bool]:
    """Cut a list into shards at ``place``, unless that was done before.

    Returns the manifest there, and whether it is new. ``report`` is called with a
    sentence for each invalid line. Raises BadInput, also for the place of another list.
    """
    _check_text(submission)
    check_sources(Sources(urls_file=submission.urls_file))
    reading = Reading(submission, report)
    known = Manifest.load(place)
    if known is not None:
        for _ in reading.urls():
            pass
        _check_same(place, known, submission, reading)
        return known, False
    if place.size(COLLECTED) is not None:  # the first result would remove it
        raise BadInput(
            f"{place.uri}/{COLLECTED} exists without a {MANIFEST}; name another "
            "place, or remove it."
        )
    place.make()
    try:
        made = _stored(place, submission, reading)
        is_new = made.save(place)
    finally:
        place.tidy()
    there = made if is_new else Manifest.of(place)
    if there.id != made.id:
        for number in range(len(made.shards)):
            place.remove(list_name(made.id, number))
    _check_same(place, there, submission, reading)
    return there, is_new


def _stored(place: Place, submission: Submission, reading: Reading) -> Manifest:
    """Store the shards' lists, under names unique to this submission."""
    from fpcrawler.tables.texts import grouped  # noqa: PLC0415 - DuckDB takes 0.1 s

    listed = ((is_local(url), site_of(url), url) for url in reading.urls())
    with grouped(listed, place.scratch()) as texts:
        # Without urls_file: it may have a password, which could be guessed by the ID.
        options = submission.arguments, submission.settings, submission.shard_urls
        text = repr((reading.sha256(), *options))
        identity = sha256(text.encode()).hexdigest()[:_DIGITS]
        shards: list[Shard] = []
        for lines, shard in _shards(texts, submission):
            place.write(list_name(identity, len(shards)), lines)
            shards.append(shard)
    if not shards:
        raise BadInput(
            f"{shown(submission.urls_file)!r} has only local files, which other "
            f"machines cannot read; crawl them with: {program()} fleet run."
        )
    return Manifest(
        id=identity,
        submitted=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        urls_file=_text(shown(submission.urls_file)),
        list_origin=reading.origin,
        list_sha256=reading.sha256(),
        program=submission.program,
        duplicates=reading.listed - sum(shard.urls for shard in shards),
        rejected=reading.rejected,
        local=reading.local,
        shard_urls=submission.shard_urls,
        arguments=submission.arguments,
        settings=submission.settings,
        shards=shards,
    )


def _shards(
    texts: Iterator[tuple[bool, str, str]], submission: Submission
) -> Iterator[tuple[bytes, Shard]]:
    """Yield the list of each shard and what the manifest says of it."""
    for is_of_disk, group in groupby(texts, key=itemgetter(0)):
        pairs = ((site, url) for _, site, url in group)
        for urls, follows in cut(pairs, submission.shard_urls):
            lines = "".join(f"{url}\n" for url in urls).encode()
            shard = Shard(
                urls=len(urls),
                sha256=sha256(lines).hexdigest(),
                follows=follows,
                machine=submission.machine if is_of_disk else None,
            )
            yield lines, shard


def _check_text(submission: Submission) -> None:
    for name, value in {**submission.arguments, **submission.settings}.items():
        if _text(value) != value:
            raise BadInput(f"{name} is {value!r}, which is not UTF-8.")


def _text(name: str) -> str:
    """Return a name that JSON can hold; a file's may have bytes that are not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def _check_same(
    place: Place, known: Manifest, submission: Submission, reading: Reading
) -> None:
    """Raise BadInput if the place has another list, or this one with other options."""
    what = ""
    if known.list_sha256 != reading.sha256():
        what = f"another list ({known.urls_file}, {known.submitted})"
    elif names := ", ".join(_differing(known, submission)):
        what = f"this list, submitted with another value of {names}"
    elif difference := submission.program.difference(known.program):
        what = f"this list, submitted with {difference}"
    elif known.list_origin != reading.origin:
        what = f"this list, submitted from {known.urls_file}"
    if what:
        raise BadInput(f"{place.uri}/{MANIFEST} belongs to {what}; name another place.")


def _differing(known: Manifest, submission: Submission) -> Iterator[str]:
    """Yield the arguments and settings whose values differ."""
    for flag, was, given in (
        ("-a", known.arguments, submission.arguments),
        ("-s", known.settings, submission.settings),
    ):
        for name in sorted(was.keys() | given.keys()):
            if was.get(name) != given.get(name) and name not in LOG_SETTINGS:
                yield f"{flag} {name}"
    if known.shard_urls != submission.shard_urls:
        yield "FLEET_SHARD_URLS"
