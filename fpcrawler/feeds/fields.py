"""Check which fields of the records a feed will have."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.items import RECORD_FIELDS

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_KEY = "url"
"""The field by which every command knows an image."""


def check_fields(settings: BaseSettings) -> None:
    """Raise BadInput for fields that no record has, or without ``url``."""
    where = "FEED_EXPORT_FIELDS"
    _check(where, settings.getdictorlist(where))
    for uri, options in settings.getdict("FEEDS").items():
        _check(f"fields of the feed {uri}", options.get("fields") or ())


def _check(where: str, names: Iterable[object]) -> None:
    fields = [str(name) for name in names]
    for name in fields:
        if name not in RECORD_FIELDS:
            close = get_close_matches(name.strip().lower(), RECORD_FIELDS, n=1)
            advice = f"did you mean {close[0]}?" if close else "DATA_FORMAT.md has all."
            raise BadInput(f"{where}: {name!r} is not a field of a record; {advice}")
    if fields and _KEY not in fields:
        raise BadInput(
            f"{where}: add {_KEY}, by which -a resume=, duplicates, match, export and "
            "report know an image."
        )
