"""Read the arguments of ``scrapy show``: URLs and paths of images."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from w3lib.url import file_uri_to_path

from fpcrawler.console.program import program
from fpcrawler.core.web.url_list import BadLine, web_url
from fpcrawler.input.sources import InvalidLine, Sources

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An argument, and the URL that it names."""

    given: str
    url: str


class NamesNoFile(ValueError):
    """An argument that names nothing to fetch; the text is one sentence."""


def read_named(word: str) -> Named:
    """Return what an argument names; raises NamesNoFile.

    The rules are those of a crawl's list, but a folder is refused.
    """
    if not word.strip():
        raise NamesNoFile("an argument is empty; name a URL or a file.")
    path = _path_of(word)
    if path is not None and _is_folder(path):
        raise NamesNoFile(
            f"{word!r} is a folder; name one of its files, or read all of them: "
            f"{program()} crawl images -a folder={shlex.quote(word)}"
        )
    listed = word if path is None or not _SPACE.search(word) else path.as_uri()
    # A list separates its URLs by spaces.
    listed = _SPACE.sub(lambda space: quote(space[0]), listed)
    (entry,) = Sources(urls=listed).entries()
    if isinstance(entry, InvalidLine):
        raise NamesNoFile(entry.reason)
    return Named(given=word, url=entry.url)


def _path_of(word: str) -> Path | None:
    """Return the path that an argument names; None for any other URL."""
    try:
        if web_url(word) is not None:
            return None
    except BadLine:
        return None
    is_uri = word.lower().startswith("file:")
    return Path(os.path.abspath(file_uri_to_path(word) if is_uri else word))  # noqa: PTH100 - keeps links


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long or has a null byte
        return False
