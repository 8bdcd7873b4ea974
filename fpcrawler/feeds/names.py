"""What the name of a feed says of its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

PLACEHOLDER = re.compile(r"%\([^)]+\)[^a-z]*[a-z]")

NAMES = re.compile(r"%\(([^)]+)\)")

_GZIP = ".gz"


def with_format(name: str) -> str:
    """Return what ``-o`` names with its format, also if it is to be packed.

    Scrapy takes the last ending for the format; ``:FORMAT`` says it is another.
    """
    inner = PurePath(name.removesuffix(_GZIP)).suffix
    is_packed = name.endswith(_GZIP) and inner
    return f"{name}:{inner[1:]}" if is_packed else name


def packed(feeds: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Return the feeds, those packed whose names end so; other plugins are left."""
    plugin = {"postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}
    return {
        uri: ((plugin if str(uri).endswith(_GZIP) else {}) | dict(options))
        for uri, options in feeds.items()
    }
