"""The user's list: files, pages, folders and URLs, read as they are needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from w3lib.url import file_uri_to_path

from fpcrawler.core.hosts import asked_url
from fpcrawler.core.onion import is_onion
from fpcrawler.core.urllist import (
    MAX_URL_CHARS,
    WEB_SCHEMES,
    BadLine,
    first_word,
    web_url,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST_SCHEMES = ("file", "http", "https", "data", "s3")
_MAX_LINE_CHARS = 2 * MAX_URL_CHARS
_TIMEOUT = 30
"""Seconds without a byte after which a list on the web is given up."""


class UnreadableSource(ValueError):
    """A list or folder cannot be read; the text says which, why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One URL of the list; ``where`` names the line for messages.

    A file that only its folder names is looked at as an image, never as a page.
    """

    url: str
    where: str
    is_in_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One line of the list that names nothing; ``reason`` says why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What to crawl; given together, they are read one after the other.

    ``urls``: URLs and paths between blanks. ``urls_file``: path or URI of a
    list. ``folder``: a folder whose every file is looked at.
    """

    urls: str | None = None
    urls_file: str | None = None
    folder: str | None = None

    def entries(self) -> Iterator[Listed | Rejected]:
        """Read the list lazily; raises UnreadableSource."""
        for number, word in enumerate((self.urls or "").split(), start=1):
            yield from _entries(word, f"urls, word {number}", base=Path.cwd())
        if self.urls_file is not None:
            yield from _list_entries(self.urls_file)
        if self.folder is not None:
            yield from _folder_entries(self.folder)


def is_stream(urls_file: str) -> bool:
    """Tell whether a list is a pipe or device, which can be read but once."""
    path = local_path(urls_file)
    return path is not None and _exists(path) and not path.is_file() | path.is_dir()


def _list_entries(urls_file: str) -> Iterator[Listed | Rejected]:
    path = local_path(urls_file)
    # A list from elsewhere names nothing on this disk.
    base = None if path is None else path.parent
    for number, line in enumerate(_lines(urls_file, path), start=1):
        word = first_word(line)
        if word is not None:
            yield from _entries(word, f"{urls_file}, line {number}", base=base)


def _lines(urls_file: str, path: Path | None) -> Iterator[str]:
    file = _open_list(urls_file, path)
    with TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape") as lines:
        try:
            yield from _bounded(lines)
        except Exception as error:  # each transport and packing has its own
            message = f"urls_file {urls_file!r} broke off: {_reason(error)}."
            raise UnreadableSource(message) from error


def _bounded(lines: TextIOWrapper) -> Iterator[str]:
    """Yield lines, each no longer than a URL may be and then some."""
    is_start = True
    while line := lines.readline(_MAX_LINE_CHARS):
        if is_start:
            yield line
        is_start = line.endswith("\n")


def _open_list(urls_file: str, path: Path | None) -> IO[bytes]:
    import smart_open  # noqa: PLC0415 - it brings boto3, even for files

    scheme = None if path else _scheme(urls_file)
    try:
        if scheme == "data":
            file: IO[bytes] = urlopen(urls_file)  # noqa: S310 - it is data:
            return file
        params = (
            {"timeout": _TIMEOUT, "session": _clear_web()}
            if scheme in WEB_SCHEMES
            else {}
        )
        uri = asked_url(urls_file) if params else urls_file
        return smart_open.open(path or uri, "rb", transport_params=params)
    except Exception as error:
        message = (
            f"urls_file {urls_file!r} cannot be read ({_reason(error)}); give the "
            f"path or the file, http, https, data or s3 URI of a list of URLs."
        )
        raise UnreadableSource(message) from error


class _ClearWeb(HTTPAdapter):
    """Asks no onion, also after a redirect: it would look its name up."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        if is_onion(urlsplit(request.url or "").hostname or ""):
            message = "lists are not read through Tor; save it with torsocks first"
            raise ValueError(message)
        return super().send(request, *args, **kwargs)


def _clear_web() -> Session:
    session = Session()
    for scheme in WEB_SCHEMES:
        session.mount(f"{scheme}://", _ClearWeb())
    return session


def local_path(urls_file: str) -> Path | None:
    """Return the path of a list on this disk, None for one that is elsewhere."""
    scheme = _scheme(urls_file)
    if scheme == "file":
        return Path(file_uri_to_path(urls_file))
    return None if scheme in LIST_SCHEMES else Path(urls_file)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def _entries(
    word: str, where: str, *, base: Path | None
) -> Iterator[Listed | Rejected]:
    try:
        url = web_url(word)
        if url is not None:
            yield Listed(url=url, where=where)
            return
        path = _existing_path(word, base)
    except BadLine as error:
        yield Rejected(where=where, reason=str(error))
        return
    if not path.is_dir():
        yield Listed(url=path.as_uri(), where=where)
        return
    for file in files_below(path):
        yield Listed(url=file.as_uri(), where=where, is_in_folder=True)


def _existing_path(word: str, base: Path | None) -> Path:
    if base is None:
        message = f"{word!r} is not a URL; a list from elsewhere names no local file."
        raise BadLine(message)
    is_uri = word.lower().startswith("file:")
    name = file_uri_to_path(word) if is_uri else word
    path = Path(os.path.abspath(base / name))  # noqa: PTH100 - keeps links
    if not _exists(path):
        message = f"{word!r} is neither a URL (https://…) nor an existing file."
        raise BadLine(message)
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or has a null
        return False


def _folder_entries(folder: str) -> Iterator[Listed]:
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
    if not _exists(path) or not path.is_dir():
        message = f"folder {folder!r} is not a folder; give the path of one."
        raise UnreadableSource(message)
    for file in files_below(path):
        yield Listed(url=file.as_uri(), where=f"folder {folder}", is_in_folder=True)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder and below, in the order of their names."""
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield Path(parent, name)


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text.strip().rstrip(".") or type(error).__name__
