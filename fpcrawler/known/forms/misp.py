"""MISP: the attributes of events, alone or as those of objects.

https://www.misp-standard.org, MISP core format: section 2.4 (Attribute), 2.7 (Object).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from fpcrawler.known.columns import kind_of_type
from fpcrawler.known.elements import elements
from fpcrawler.known.rows import Head, Layout, ListFile
from fpcrawler.known.streaming import Entry, streamed

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import DigestKind, KnownSet

_EVENT = re.compile(r'(?<!\\)"(?:Event|Attribute|Object)"\s*:\s*[\[{]')


def _layout(head: Head) -> Layout | None:
    text = head.text.lstrip()
    is_event = text.startswith(("{", "[")) and _EVENT.search(text)
    return Layout() if is_event else None


def _entries(text: TextIO, known: ListFile) -> Iterator[Entry]:
    found = elements(text, ("Attribute", "Object"), known)
    for row, (key, element) in enumerate(found, start=1):
        if not isinstance(element, dict):
            continue
        listed = [element] if key == "Attribute" else element.get("Attribute")
        attributes = [each for each in listed or [] if isinstance(each, dict)]
        is_kept = not _is_deleted(element)
        kept = [each for each in attributes if is_kept and not _is_deleted(each)]
        entry = _entry(row, kept)
        is_withdrawn = len(kept) < len(attributes) and not entry.digests
        yield entry._replace(is_withdrawn=is_withdrawn)


def _entry(row: int, attributes: list[dict[str, object]]) -> Entry:
    """Return the entry of the attributes of one file."""
    digests: dict[DigestKind, str] = {}
    name = size = category = None
    flags: dict[str, None] = {}
    is_indicator = False
    for attribute in attributes:
        kind_text, value = str(attribute.get("type")), str(attribute.get("value"))
        kind = kind_of_type(kind_text)
        if kind is not None:
            *names, digest = value.split("|")
            digests.setdefault(kind, digest.strip())
            name = name or next(iter(names), None)
            category = category or attribute.get("category")
            is_indicator |= attribute.get("to_ids") is True
            flags |= dict.fromkeys(_tags(attribute.get("Tag")))
        elif kind_text == "filename":
            name = value
        elif kind_text == "size-in-bytes":
            size = value
    known_set: KnownSet | None = "known-bad" if is_indicator else None
    return Entry(row, digests, size, known_set, category, flags=tuple(flags), name=name)


def _is_deleted(element: dict[str, object]) -> bool:
    """Return whether an attribute or an object is one that was deleted softly."""
    return element.get("deleted") in (True, "1", "true")


def _tags(tags: object) -> Iterator[str]:
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and isinstance(tag.get("name"), str):
            yield tag["name"]


FORM = streamed("MISP", _layout, _entries)
