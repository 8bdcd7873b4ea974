"""What a page passes on to all that it names: its Tor circuit, its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion

if TYPE_CHECKING:
    from scrapy import Request

Route = dict[str, Any]
"""What a page passes on: ``page_url``, ``page_party`` and ``file_root``."""


def page_key(url: str, route: Mapping[str, Any]) -> int:
    """Return what a page is known by: its URL, and whether Tor alone leads there."""
    is_led = "page_party" in route and not is_onion(urlsplit(url).hostname or "")
    return hash((url, is_led))


def party_of(request: Request) -> Route:
    """Return the onion whose circuits take what a page names, if there is one."""
    party: str | None = request.meta.get("first_party")
    return {} if party is None else {"page_party": party}


def folder_of(request: Request) -> Route:
    """Return the folder whose files a page may name: of the listed page, if local."""
    root: str | None = request.meta.get("file_root")
    if root is None or not request.url.startswith("file:"):
        return {}
    return {"file_root": root if Path(root).is_dir() else str(Path(root).parent)}
