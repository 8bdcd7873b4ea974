"""STIX 2: file objects, indicators and observed data of a bundle.

STIX 2.1 section 6.7 (File) and section 9 (patterns); section 10.6 names the digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from fpcrawler.core.fingerprint.known import BY_DIGITS
from fpcrawler.known.columns import kind_of_type
from fpcrawler.known.elements import elements
from fpcrawler.known.rows import Head, Layout, ListFile
from fpcrawler.known.streaming import Entry, streamed

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import DigestKind, KnownSet

_BUNDLE = re.compile(r'"type"\s*:\s*"bundle"|"id"\s*:\s*"bundle--')
# The keys that name a bundle may stand after its objects.
_OBJECTS = re.compile(r'(?<!\\)"objects"\s*:\s*\[')
_OBJECT_ID = re.compile(r'"id"\s*:\s*"[a-z0-9-]+--[0-9a-f-]{36}"')
_COMPARED = re.compile(
    r"""(?:file|artifact):hashes(?:\.(?:'([\w-]+)'|"([\w-]+)"|([\w-]+))|\[\*\])"""
    r"""\s*(?:=|IN)\s*"""
    r"""(\(?\s*'[^']*'(?:\s*,\s*'[^']*')*)"""
)
_QUOTED = re.compile(r"'([^']*)'")
_MAX_PATTERN = 1_000_000
_MAX_DEPTH = 3
_BENIGN = {"benign"}


def _layout(head: Head) -> Layout | None:
    text = head.text.lstrip()
    has_objects = _OBJECTS.search(text) and _OBJECT_ID.search(text)
    is_bundle = text.startswith("{") and (_BUNDLE.search(text) or has_objects)
    return Layout() if is_bundle else None


def _entries(text: TextIO, known: ListFile) -> Iterator[Entry]:
    objects = elements(text, ("objects",), known)
    for row, (_, found) in enumerate(objects, start=1):
        # An object without a digest is a row as well: a list of them is not empty.
        yield from [*_of_object(row, found, _MAX_DEPTH)] or [Entry(row, {})]


def _of_object(row: int, found: object, depth: int) -> Iterator[Entry]:
    if not isinstance(found, dict) or not depth:
        return
    if found.get("revoked") is True:  # section 3.2: no longer considered valid
        yield Entry(row, {}, is_withdrawn=True)
        return
    if digests := _digests(found.get("hashes")):
        yield Entry(row, digests, size=found.get("size"), name=found.get("name"))
    nested = found.get("objects")  # STIX 2.0: those of observed data
    for inner in nested.values() if isinstance(nested, dict) else ():
        yield from _of_object(row, inner, depth - 1)
    pattern = found.get("pattern")
    # STIX 2.1 section 4.7: the language of a pattern may be another, such as YARA.
    if isinstance(pattern, str) and found.get("pattern_type", "stix") == "stix":
        yield from _of_pattern(row, found, pattern[:_MAX_PATTERN])


def _of_pattern(row: int, indicator: dict[str, object], text: str) -> Iterator[Entry]:
    """Yield an entry for each digest: a pattern may name those of several files."""
    types, labels = (
        _texts(indicator.get("indicator_types")),
        _texts(indicator.get("labels")),
    )
    known_set: KnownSet = "known-good" if {*types, *labels} & _BENIGN else "known-bad"
    for found in _COMPARED.finditer(text):
        named = found[1] or found[2] or found[3]
        for quoted in _QUOTED.finditer(found[4]):
            digest = quoted[1].strip()
            kind = kind_of_type(named) if named else BY_DIGITS.get(len(digest))
            yield Entry(
                row,
                {kind: digest} if kind else {},
                set=known_set,
                category=", ".join(types) or None,
                flags=labels,
                name=indicator.get("name"),
            )


def _digests(hashes: object) -> dict[DigestKind, str]:
    return {
        kind: text
        for name, text in (hashes.items() if isinstance(hashes, dict) else ())
        if isinstance(text, str) and (kind := kind_of_type(name))
    }


def _texts(value: object) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    return tuple(text for text in found if isinstance(text, str))


FORM = streamed("STIX 2", _layout, _entries)
