"""Project VIC (VICS 1.3 and 2.0) and CAID: OData with ``value``, a case with ``Media``.

https://github.com/VICSDATAMODEL/ProjectVic: digests are binary values, which OData's
JSON writes in base64 in some versions, and texts in hex in others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.known.columns import FLAGS, VICS_BAD, kind_of_type, plain
from fpcrawler.known.elements import elements
from fpcrawler.known.forms.hash_sets import (
    FILES,
    HASH_SET,
    HASHES,
    NAMES,
    SERIES,
    SIZES,
    hash_set_rows,
)
from fpcrawler.known.rows import Head, Layout, ListFile
from fpcrawler.known.streaming import Entry, hex_of, streamed

_ARRAY = re.compile(r'(?<!\\)"(?:value|Media)"\s*:\s*\[')
_BARE = re.compile(
    r'\{\s*(?:(?!"value")"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,\s*)*+"(?:value|Media)"'
)
_NAMED = re.compile(r'(?<!\\)"(?:@?odata\.\w+|MediaID)"')
_MEDIA = re.compile(r'(?<!\\)"Media"\s*:\s*\[|\$metadata#Cases')
_MEDIUM = re.compile(r'"(?:MediaID|MD5|SHA-?1|Hashes)"', re.IGNORECASE)
_ODATA = re.compile(r'\{\s*"@?odata\.(?:context|metadata)"')


def _layout(head: Head) -> Layout | None:
    text = head.text.lstrip()
    if not text.startswith("{"):
        return None
    has_array = _ARRAY.search(text) and (_BARE.match(text) or _NAMED.search(text))
    if not has_array and not _ODATA.match(text):
        return None
    # A case has its media within the elements of ``value``; a medium may have an empty
    # array of this name.
    is_case = _MEDIA.search(text) or not _MEDIUM.search(text)  # Media may come later
    return Layout(header=("Media", "value") if is_case else HASH_SET)


def _entries(text: TextIO, known: ListFile) -> Iterator[Entry]:
    row = 0
    for key in known.layout.header:
        for row, (_, medium) in enumerate(elements(text, (key,), known), start=1):
            if isinstance(medium, dict):
                yield _entry(row, {plain(name): each for name, each in medium.items()})
        if row:
            return
        text.seek(0)


def _entry(row: int, medium: Mapping[str, object]) -> Entry:
    category = medium.get("category")
    return Entry(
        row,
        dict(_digests(medium)),
        size=_first(medium, SIZES),
        set="known-bad" if re.fullmatch(VICS_BAD, str(category)) else None,
        category=category,
        series=_first(medium, SERIES),
        flags=tuple(flag for key, flag in FLAGS.items() if _is_true(medium.get(key))),
        name=_name(medium),
    )


def _digests(medium: Mapping[str, object]) -> Iterator[tuple[DigestKind, str]]:
    """Yield the digests of a medium: its own keys win over its lists of digests."""
    for key in HASHES:
        yield from _listed(medium.get(key))
    for kind in WHOLE:
        text = medium.get(kind)
        if isinstance(text, str) and text.strip():
            yield kind, hex_of(kind, text)


def _listed(hashes: object) -> Iterator[tuple[DigestKind, str]]:
    for each in hashes if isinstance(hashes, list) else []:
        texts = (
            {plain(key): text for key, text in each.items() if isinstance(text, str)}
            if isinstance(each, dict)
            else {}
        )
        name = next((texts[key] for key in _HASH_NAMES if key in texts), "")
        value = next((texts[key] for key in _HASH_VALUES if key in texts), "")
        kind = kind_of_type(name)
        if kind is not None:
            yield kind, hex_of(kind, value)
        for key, text in texts.items():  # {"SHA256": …}
            if key in WHOLE:
                yield DigestKind(key), hex_of(DigestKind(key), text)


_HASH_NAMES = ("hashname", "hashtype", "algorithm", "type", "name")
_HASH_VALUES = ("hashvalue", "value", "hash")


def _first(medium: Mapping[str, object], keys: Iterable[str]) -> object:
    return next((found for key in keys if (found := medium.get(key))), None)


def _is_true(value: object) -> bool:
    return value is True or str(value).lower() == "true"


def _name(medium: Mapping[str, object]) -> object:
    """Return the name of a medium, or of the first of its files."""
    files = medium.get(FILES)
    first = files[0] if isinstance(files, list) and files else None
    names = {plain(k): v for k, v in first.items()} if isinstance(first, dict) else {}
    for key in NAMES:
        if found := medium.get(key) or names.get(key):
            return found
    return None


FORM = streamed("Project VIC", _layout, _entries, hash_set_rows)
