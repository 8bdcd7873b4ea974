"""The sections of a record's tags, texts and provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fpcrawler.show.layout import Row, Section

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord


def tag_sections(record: ImageRecord) -> Iterator[Section]:
    """Yield the texts, the tags of EXIF by directory, and those of XMP and IPTC."""
    texts = [Row(text["name"], text["text"]) for text in record.texts]
    if record.user_comment:
        texts.append(Row("UserComment", record.user_comment))
    yield Section("Texts", tuple(texts))
    groups: dict[str, list[Row]] = {}
    for name, value in record.exif.items():
        group, _, tag = name.partition(" ")
        groups.setdefault(group, []).append(Row(tag or name, value))
    for group, rows in groups.items():
        yield Section(f"EXIF: {group}", tuple(rows))
    for title, tags in (("XMP", record.xmp), ("IPTC", record.iptc)):
        yield Section(title, tuple(Row(*pair) for pair in tags.items()))


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
