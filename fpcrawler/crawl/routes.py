"""What a page passes on to the requests for its links: Tor circuit and folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion

if TYPE_CHECKING:
    from scrapy import Request

Route = dict[str, Any]
"""The ``meta`` that a page passes on: ``page_url``, ``page_party``, ``file_root``."""


def page_key(url: str, route: Mapping[str, Any]) -> int:
    """Return the key of a page: its URL, and whether it is reached only through Tor."""
    by_tor = "page_party" in route and not is_onion(urlsplit(url).hostname or "")
    return hash((url, by_tor))


def party_of(request: Request) -> Route:
    """Return the onion whose circuit serves the links of a page, if any."""
    party: str | None = request.meta.get("first_party")
    return {} if party is None else {"page_party": party}


def folder_of(request: Request) -> Route:
    """Return the folder whose files a local page may link to, if it is local."""
    root: str | None = request.meta.get("file_root")
    if root is None or not request.url.startswith("file:"):
        return {}
    return {"file_root": root if Path(root).is_dir() else str(Path(root).parent)}
