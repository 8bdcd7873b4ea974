"""Copies and devices among the records, as the report shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.device import device_name
from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.devices import DeviceImage, group_devices, read_devices
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import read_groups
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.duplicates.output import in_words, step_in_words
from fpcrawler.report.values import text_of
from fpcrawler.tables.database import database, fetched

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.report.packing import Container

_MAX_NAMES = 5
"""Names and tags that a group of a device lists."""
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A group of records: what the page says about it, and their numbers."""

    facts: Mapping[str, object]
    members: Sequence[int]


NumbersOf = Mapping[tuple[str, bool], int]
"""URL, and whether it was reached through Tor, to the number of the record."""


def copies(
    feeds: Sequence[FeedFile], numbers_of: NumbersOf, *, memory: str
) -> list[Linked]:
    """Return the groups of ``scrapy duplicates``, the strongest verdict first."""
    with database(memory) as connection:
        load_candidates(connection, feeds)
        group_candidates(connection)
        judge_groups(connection, between_hosts=False)
        rows = fetched(connection.cursor().execute(_JUDGED))
        members = groupby(rows, key=itemgetter(0))
        # Both are in the order of the groups' positions.
        return [
            Linked(
                facts={
                    "verdict": group.verdict,
                    "compared": in_words(group),
                    "left": step_in_words(group),
                },
                members=_members(((url, tor) for _, url, tor in judged), numbers_of),
            )
            for group, (_, judged) in zip(read_groups(connection), members, strict=True)
        ]


def devices(
    feeds: Sequence[FeedFile], numbers_of: NumbersOf, *, memory: str
) -> list[Linked]:
    """Return the groups of ``scrapy duplicates --same-device``."""
    with database(memory) as connection:
        group_devices(connection, feeds, between_hosts=False)
        return [
            _device(kind, images, numbers_of)
            for kind, images in read_devices(connection)
        ]


def put_groups(container: Container, name: str, groups: Sequence[Linked]) -> None:
    """Write groups to a container: the facts in its head, the members as an array."""
    container.head[name] = [group.facts for group in groups]
    container.put_members(name, [group.members for group in groups])


def _device(kind: str, images: Sequence[DeviceImage], numbers_of: NumbersOf) -> Linked:
    names = (
        device_name(text_of(image.make, _MAX_CHARS), text_of(image.model, _MAX_CHARS))
        for image in images
    )
    tags = chain.from_iterable(image.tags for image in images)
    return Linked(
        facts={
            "kind": kind,
            "number": text_of(images[0].number, _MAX_CHARS),
            "names": [*dict.fromkeys(names)][:_MAX_NAMES],
            "tags": [*dict.fromkeys(tags)][:_MAX_NAMES],
        },
        members=_members(((image.url, image.tor) for image in images), numbers_of),
    )


def _members(judged: Iterable[tuple[str, bool]], numbers_of: NumbersOf) -> list[int]:
    return sorted(numbers_of[key] for key in judged if key in numbers_of)


_JUDGED = """
SELECT position, url, tor FROM listed JOIN candidates USING (number) ORDER BY line
"""
