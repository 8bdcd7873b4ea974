"""The sections of a record's tags, texts and provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from fpcrawler.show.layout import Row, Section

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord


def tag_sections(record: ImageRecord) -> Iterator[Section]:
    """Yield the texts, and the tags: EXIF by directory, XMP by namespace, IPTC."""
    texts = [Row(text["name"], text["text"]) for text in record.texts]
    if record.user_comment:
        texts.append(Row("UserComment", record.user_comment))
    yield Section("Texts", tuple(texts))
    yield from _grouped("EXIF", ((*_split(k, " "), v) for k, v in record.exif.items()))
    yield from _grouped("XMP", ((*_split(k, ":"), v) for k, v in record.xmp.items()))
    yield Section("IPTC", tuple(Row(*pair) for pair in record.iptc.items()))


def _grouped(title: str, tags: Iterable[tuple[str, str, str]]) -> Iterator[Section]:
    """Yield a section for each group; a tag is its group, its name and its value."""
    groups: dict[str, list[Row]] = {}
    for group, name, value in tags:
        groups.setdefault(group, []).append(Row(name, value))
    for group, rows in groups.items():
        yield Section(f"{title}: {group}" if group else title, tuple(rows))


def _split(name: str, separator: str) -> tuple[str, str]:
    """Return the group of a tag, "" if it has none, and the rest of its name.

    A namespace without a prefix is its URI in braces: ``{http://a.example/}title``.
    """
    if name.startswith("{"):
        separator = "}"
    group, found, tag = name.partition(separator)
    return (group.lstrip("{"), tag) if found and tag else ("", name)


def provenance_rows(provenance: Mapping[str, object]) -> Iterator[Row]:
    """Yield what an image says about how it was made."""
    if provenance["c2pa"]:
        yield Row("C2PA", "a manifest; its signature was not checked")
    if provenance["generator"]:
        yield Row("generator", str(provenance["generator"]))
    signer = provenance["signer"]
    if isinstance(signer, Mapping):
        names = (signer["common_name"], signer["organization"])
        yield Row("signer", ", ".join(str(name) for name in names if name))
    if provenance["digital_source_type"]:
        yield Row("source type", str(provenance["digital_source_type"]))
    actions = provenance["actions"]
    for action in actions if isinstance(actions, list | tuple) else ():
        agent = action["software_agent"]
        yield Row("action", f"{action['action']}{f' ({agent})' if agent else ''}")
