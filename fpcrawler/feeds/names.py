"""The format of a feed by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

PLACEHOLDER = re.compile(r"%\([^)]+\)[^a-z]*[a-z]")

NAMES = re.compile(r"%\(([^)]+)\)")

_GZIP = ".gz"


def with_format(name: str) -> str:
    """Return the value of ``-o`` with ``:FORMAT`` added if the name ends with ``.gz``.

    Scrapy would read the last suffix, ``gz``, as the format.
    """
    inner = PurePath(name.removesuffix(_GZIP)).suffix
    is_gzipped = name.endswith(_GZIP) and inner
    return f"{name}:{inner[1:]}" if is_gzipped else name


def with_gzip(feeds: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Return the feeds; add the gzip plugin to those named ``.gz`` without plugins."""
    plugin = {"postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}
    return {
        uri: ((plugin if str(uri).endswith(_GZIP) else {}) | dict(options))
        for uri, options in feeds.items()
    }
