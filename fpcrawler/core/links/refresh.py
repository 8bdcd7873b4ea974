"""Find the redirect of a page in ``<meta http-equiv=refresh>``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fpcrawler.core.links.base import is_inert

if TYPE_CHECKING:
    from lxml.etree import _Element

# HTML section 4.2.5.3, "shared declarative refresh steps".
_CONTENT = re.compile(
    r"""\s*(?P<seconds>\d{1,9})(?:\.[\d.]*)?(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?"""
    r"""(?:"(?P<double>[^"]*)|'(?P<single>[^']*)|(?P<bare>.+))""",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)


def refresh_of(root: _Element) -> tuple[int, str] | None:
    """Return the delay in seconds and the target of a page's refresh, if any."""
    for meta in root.iter("{*}meta"):
        is_refresh = meta.get("http-equiv", "").strip().lower() == "refresh"
        if not is_refresh or is_inert(meta):
            continue
        if refresh := read_refresh(meta.get("content", "")):
            return refresh
    return None


def read_refresh(text: str) -> tuple[int, str] | None:
    """Return the delay and the target of a ``Refresh`` header, or of its element.

    HTML section 7.4.6.1 gives the header the meaning of the element.
    """
    match = _CONTENT.match(text)
    if match is None:
        return None
    seconds, *references = match.groups()
    return int(seconds), next(filter(None, references), "")
