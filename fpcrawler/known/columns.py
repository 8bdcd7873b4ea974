"""What the columns of a table or the keys of a JSON list say, by their names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.known.details import joined_flags
from fpcrawler.tables.duck import json_text

DIGEST_OBJECTS = ("file_digests", "server_digests")
"""The columns of our own feeds with digests of whole files.

What was computed of a file wins over what its server states.
"""

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_KINDS = {_NOT_IN_NAMES.sub("", kind): kind for kind in DigestKind}
_SHA_2 = re.compile("sha2(?=256|512)")
"""In ``SHA2-256``, as OpenSSL and the Sleuth Kit write it."""
_AROUND = r"(?:file|hash|digest|checksum|value|sum|hex|string|of)*"
_NAMED = re.compile(rf"{_AROUND}({'|'.join(WHOLE)}){_AROUND}")
_TYPED = (
    "^(file|filename|filehash|hash|video|photo|image|media|raw|attachment"
    "|malwaresample)?{}(hash)?$"
)
_OTHER_TYPES = ("pdq", "pdqocr", "photodna", "videotmk", "videovpdq", "url", "rawtext")
_TYPE_COLUMNS = {
    *("type", "hashtype", "indicatortype", "signaltype", "algorithm", "algo"),
    *("hashalgorithm", "hashname"),
}
_VALUE_COLUMNS = {
    *("value", "hash", "hashvalue", "indicator", "rawindicator", "signal", "signalstr"),
    *("digest", "checksum", "indicatorvalue", "ioc"),
}
_DETAILS = {
    "size": (
        "filesize",
        "size",
        "mediasize",
        "imagesize",
        "sizebytes",
        "filesizebytes",
    ),
    "category": ("category", "mediacategory", "classification"),
    "series": ("series", "seriesname"),
    "name": ("filename", "name", "filepath", "path", "fullpath", "url"),
}
FLAGS = {
    "isdistributed": "distributed",
    "victimidentified": "victim-identified",
    "offenderidentified": "offender-identified",
    "issuspected": "suspected",
    "isprecategorized": "precategorized",
}
"""The keys of Project VIC for flags, by their plain names."""
_MAX_OF_KIND = 9
"""Columns of a kind that are read at most: each after the first needs a scan."""
_TRUE = ("true", "1", "yes", "y")
VICS_BAD = r"\s*0*[123](\.0*)?\s*"
"""The categories of Project VIC and CAID that name abuse; others differ by country.

A spreadsheet may make ``1.0`` of one.
"""


class Cell(NamedTuple):
    """A column: its name, and SQL for its text and for its JSON value."""

    name: str
    text: str
    value: str


@lru_cache(maxsize=1_000)  # the keys of each record are the same
def plain(name: str) -> str:
    """Return a name in small letters and digits only, as names are compared."""
    return _NOT_IN_NAMES.sub("", name.lower())


def kind_of(column: str) -> DigestKind | None:
    """Return the kind of a column by its name, such as ``SHA-256`` or ``MD5 Hash``."""
    name = plain(column)
    if name in _KINDS:
        return _KINDS[name]
    found = _NAMED.fullmatch(_SHA_2.sub("sha", name))
    return DigestKind(found[1]) if found else None


def kind_of_type(text: str) -> DigestKind | None:
    """Return the kind that a type says: ``md5``, ``HASH_SHA256``, ``filename|md5``."""
    name = _SHA_2.sub("sha", plain(text))
    found = (kind for kind in WHOLE if re.match(_TYPED.format(kind), name))
    return next(found, None)


def is_type(text: str) -> bool:
    """Return whether a cell is the type of an indicator."""
    return plain(text) in _OTHER_TYPES or kind_of_type(text) is not None


def typed_columns(header: Iterable[str]) -> tuple[int, int] | None:
    """Return the columns of the type and of the value of an indicator, by name."""
    names = [plain(name) for name in header]
    types = [at for at, name in enumerate(names) if name in _TYPE_COLUMNS]
    values = [at for at, name in enumerate(names) if name in _VALUE_COLUMNS]
    return (types[0], values[0]) if types and values else None


def typed_cells(kind: str, value: str) -> dict[DigestKind, str]:
    """Return SQL for the digest of each kind; ``kind``, ``value``: SQL for texts."""
    name = f"regexp_replace(lower({kind}), '[^a-z0-9]', '', 'g')"
    # MISP's ``filename|md5``
    digest = f"trim(split_part({value}, '|', -1))"
    return {
        of: f"if(regexp_matches({name}, '{_TYPED.format(of)}'), {digest}, NULL)"
        for of in WHOLE
    }


def named_cells(columns: Iterable[Cell]) -> list[dict[DigestKind, str]]:
    """Return SQL for the cells of each kind, as :func:`split_cells` splits them."""
    texts: dict[DigestKind, list[str]] = defaultdict(list)
    objects = {}
    for name, text, value in columns:
        kind = kind_of(name)
        if kind is not None:
            texts[kind].append(f"nullif(trim({text}), '')")
        elif name in DIGEST_OBJECTS:
            objects[name] = value
    values = [objects[name] for name in DIGEST_OBJECTS if name in objects]
    for whole in WHOLE if values else ():
        own = [f"nullif(trim({json_text(value, whole)}), '')" for value in values]
        texts[whole].append(f"coalesce({', '.join(own)})")
    return split_cells(texts)


def split_cells(
    texts: Mapping[DigestKind, Sequence[str]],
) -> list[dict[DigestKind, str]]:
    """Return SQL for the first digest of each kind in a row, then for further ones.

    ``texts``: SQL for the cells of each kind. Nearly all lists have one of each.
    """
    first = {kind: f"coalesce({', '.join(found)})" for kind, found in texts.items()}
    more: list[dict[DigestKind, str]] = []
    for kind, found in texts.items():
        for at, text in enumerate(found[1:_MAX_OF_KIND]):
            if at == len(more):
                more.append({})
            more[at][kind] = f"nullif({text}, {first[kind]})"
    return [first, *more] if first else []


def named_details(columns: Iterable[Cell]) -> dict[str, str]:
    """Return SQL for the details that columns have by their names."""
    texts = {plain(name): text for name, text, _ in columns}
    details = {
        field: next(texts[name] for name in names if name in texts)
        for field, names in _DETAILS.items()
        if texts.keys() & {*names}
    }
    flags = [
        f"if(lower(trim({texts[name]})) IN {_TRUE}, '{flag}', NULL)"
        for name, flag in {**FLAGS, "baseline": "baseline"}.items()
        if name in texts
    ]
    if "specialcode" in texts:
        flags.append(_SPECIAL.format(texts["specialcode"]))
    if flags:
        details["flags"] = joined_flags(flags)
    known_set = next(
        (of(texts) for needed, of in _SETS if needed <= texts.keys()), None
    )
    if known_set:
        details["set"] = known_set
    return details


# NSRL's RDS 2 documentation: M is a malicious file, S a special one.
_SPECIAL = "CASE upper(trim({})) WHEN 'M' THEN 'malicious' WHEN 'S' THEN 'special' END"
_SETS: tuple[tuple[set[str], Callable[[Mapping[str, str]], str]], ...] = (
    (
        {"productcode", "specialcode"},  # NSRL
        lambda texts: (
            f"if(upper(trim({texts['specialcode']})) = 'M', 'known-bad', 'known-good')"
        ),
    ),
    ({"photodna", "seriesname", "victimidentified"}, lambda _: "'known-bad'"),  # ICSE
    (
        {"mediaid", "category"},
        lambda texts: (
            f"if(regexp_full_match({texts['category']}, '{VICS_BAD}'), 'known-bad', '')"
        ),
    ),
    (
        {"status", "indicator", "type"},  # ThreatExchange
        lambda texts: (
            f"CASE upper(trim({texts['status']})) WHEN 'MALICIOUS' THEN 'known-bad' "
            "WHEN 'NON_MALICIOUS' THEN 'known-good' END"
        ),
    ),
)
