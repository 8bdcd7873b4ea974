"""Find the redirect of a page in ``<meta http-equiv=refresh>``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
        if not is_refresh or next(meta.iterancestors("noscript"), None) is not None:
            continue
        if match := _CONTENT.match(meta.get("content", "")):
            seconds, *references = match.groups()
            return int(seconds), next(filter(None, references), "")
    return None
