"""The matches of a record with known lists, as the report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from fpcrawler.core.fingerprint.known import KnownSet
from fpcrawler.report.values import list_of, mapping_of, number_of, text_of

if TYPE_CHECKING:
    from fpcrawler.report.records import Record

_MAX_CHARS = 500
_MAX_LIST = 100
_SETS = frozenset(get_args(KnownSet))
_UNKNOWN = "unknown"
_Text = Literal["kind", "category", "series", "name"]
_TEXTS: tuple[_Text, ...] = get_args(_Text)


class ReportedMatch(TypedDict, total=False):
    """A match; what its list does not say is left out, as in older feeds."""

    list: str
    kind: str
    row: float
    set: str
    category: str
    series: str
    flags: str
    name: str
    size_differs: bool


def matches_of(record: Record) -> Iterator[ReportedMatch]:
    """Yield the matches that name a list."""
    for match in map(mapping_of, list_of(record["matches"])[:_MAX_LIST]):
        name = text_of(match.get("list"), _MAX_CHARS)
        if name:
            found = ReportedMatch(list=name)
            _add_said(found, match)
            yield found


def sets_of(record: Record) -> Iterator[str]:
    """Yield what the lists say the image is, without ``unknown``."""
    return (match["set"] for match in matches_of(record) if "set" in match)


def _add_said(found: ReportedMatch, match: Mapping[str, object]) -> None:
    for field in _TEXTS:
        if text := text_of(match.get(field), _MAX_CHARS):
            found[field] = text
    row, known_set = number_of(match.get("row")), match.get("set")
    if row is not None:
        found["row"] = row
    if isinstance(known_set, str) and known_set in _SETS - {_UNKNOWN}:
        found["set"] = known_set
    flags = (text_of(each, _MAX_CHARS) for each in list_of(match.get("flags")))
    if text := text_of(", ".join(filter(None, flags)), _MAX_CHARS):
        found["flags"] = text
    if match.get("size_agrees") is False:
        found["size_differs"] = True
