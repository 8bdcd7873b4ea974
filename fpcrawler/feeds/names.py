"""The format of a feed by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

PLACEHOLDER = re.compile(r"%\([^)]+\)[^a-z]*[a-z]")

NAMES = re.compile(r"%\(([^)]+)\)")

_GZIP = ".gz"


_STDOUT = "-"


def with_format(name: str) -> str:
    """Return the value of ``-o`` with ``:FORMAT`` added where Scrapy reads none.

    Of ``.json.gz`` it would read the last suffix, ``gz``; stdout has no suffix.
    """
    if name == _STDOUT:
        return f"{_STDOUT}:json"
    inner = PurePath(name.removesuffix(_GZIP)).suffix
    is_gzipped = name.endswith(_GZIP) and inner
    return f"{name}:{inner[1:]}" if is_gzipped else name


def format_of_feed(name: str) -> str:
    """Return the format that a value of ``-o`` with its format names."""
    _, has_format, form = name.rpartition(":")
    is_format = has_format and form.isalnum()
    return form if is_format else PurePath(name).suffix.removeprefix(".")


def with_options(feeds: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Return the feeds with the options that follow from their names.

    Those named ``.gz`` get the gzip plugin, if they have no plugins. Stdout cannot be
    replaced, which Scrapy would warn of.
    """
    plugin = {"postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}
    found = {
        uri: ((plugin if str(uri).endswith(_GZIP) else {}) | dict(options))
        for uri, options in feeds.items()
    }
    for uri, options in found.items():
        if str(uri).startswith("stdout:"):
            options.pop("overwrite", None)
    return found
