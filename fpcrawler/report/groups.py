"""Copies and devices among the records, as the report shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.device import device_name
from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.devices import device_json, group_devices
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import read_groups
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.duplicates.output import in_words
from fpcrawler.report.values import list_of, mapping_of, text_of
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.report.packing import Container

_MAX_NAMES = 5
"""Names and tags that a group of a device lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A group of records: what the page says about it, and their numbers."""

    facts: Mapping[str, object]
    members: Sequence[int]


NumbersOf = Mapping[str, Sequence[int]]
"""URL to the numbers of its records."""


def copies(
    feeds: Sequence[FeedFile], numbers_of: NumbersOf, *, memory: str
) -> list[Linked]:
    """Return the groups of ``scrapy duplicates``, the strongest verdict first."""
    with database(memory) as connection:
        load_candidates(connection, feeds)
        group_candidates(connection)
        judge_groups(connection, between_hosts=False)
        return [
            Linked(
                facts={"verdict": group.verdict, "compared": in_words(group)},
                members=_members(group.images, numbers_of),
            )
            for group in read_groups(connection)
        ]


def devices(
    feeds: Sequence[FeedFile], numbers_of: NumbersOf, *, memory: str
) -> list[Linked]:
    """Return the groups of ``scrapy duplicates --same-device``."""
    with database(memory) as connection:
        group_devices(connection, feeds, between_hosts=False)
        names = [str(number) for number in range(len(feeds))]
        text = "".join(device_json(connection, names))
    return [_device(group, numbers_of) for group in json.loads(text)]


def put_groups(container: Container, name: str, groups: Sequence[Linked]) -> None:
    """Write groups to a container: the facts in its head, the members as an array."""
    container.head[name] = [group.facts for group in groups]
    container.put_members(name, [group.members for group in groups])


def _device(group: Mapping[str, object], numbers_of: NumbersOf) -> Linked:
    images = [*map(mapping_of, list_of(group["images"]))]
    names = (
        device_name(text_of(image.get("make"), 200), text_of(image.get("model"), 200))
        for image in images
    )
    tags = (str(tag) for image in images for tag in list_of(image.get("tags")))
    return Linked(
        facts={
            "kind": group["kind"],
            "number": text_of(group["number"], 200),
            "names": [*dict.fromkeys(names)][:_MAX_NAMES],
            "tags": [*dict.fromkeys(tags)][:_MAX_NAMES],
        },
        members=_members((str(image.get("url")) for image in images), numbers_of),
    )


def _members(urls: Iterator[str], numbers_of: NumbersOf) -> list[int]:
    return sorted({number for url in urls for number in numbers_of.get(url, ())})
