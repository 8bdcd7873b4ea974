"""The user's list of URLs, files and folders, read lazily."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from w3lib.url import file_uri_to_path

from fpcrawler.core.web.list_formats import words_of
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.passwords import basic_of, shown
from fpcrawler.core.web.url_list import BadLine, web_url
from fpcrawler.errors import BadInput
from fpcrawler.input.lists import (
    STDIN,
    EmptyList,
    UnreadableSource,
    is_the_users,
    lines_of,
    local_path,
    session_for,
)

MAX_INVALID_LINES = 10_000
"""One after the other: a list from the web may never end."""


def check_default(urls_file: str) -> None:
    """Raise BadInput if nothing is named, and the list by default does not exist."""
    path = local_path(urls_file)
    if path is not None and not _exists(path):
        raise BadInput(
            f"nothing is named, and {urls_file} (URLS_FILE) does not exist here; use "
            "-a urls=URL, -a urls_file=LIST or -a folder=DIR."
        )


def check_sources(sources: Sources) -> None:
    """Raise BadInput for a list or folder that is unreadable or without an entry.

    Stops at the first entry that can be crawled.
    """
    if sources.urls_file is not None and is_stream(sources.urls_file):
        return  # a pipe can be read only once: leave it to the crawl
    first_rejected: InvalidLine | None = None
    try:
        for entry in sources.entries():
            if isinstance(entry, ListEntry):
                return
            first_rejected = first_rejected or entry
    except UnreadableSource as error:
        raise BadInput(str(error)) from error
    if first_rejected is not None:
        raise BadInput(f"{first_rejected.where}: {first_rejected.reason}")
    name = sources.urls_file or sources.folder or sources.urls or ""
    raise BadInput(str(EmptyList(name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One URL of the list; ``where`` is the file and line for messages.

    ``is_in_folder``: the list names only the folder of this file, so the file is read
    as an image, never as a page. ``lists_origin``: the user allows private addresses
    at its host and port, by naming it (PRIVATE_ADDRESSES). ``authorization``: for the
    origin of the URL, if the user's own list names a user and password.
    """

    url: str
    where: str
    is_in_folder: bool = False
    lists_origin: bool = True
    authorization: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidLine:
    """One line of the list without a usable URL or path; ``reason`` says why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What to crawl; several sources are read one after the other.

    ``urls``: URLs and paths, separated by spaces. ``urls_file``: path or URI of a
    list. ``folder``: a folder whose files are all read. ``origin``: where a local list
    was copied from (URLS_FILE_ORIGIN); "": the user wrote it.
    """

    urls: str | None = None
    urls_file: str | None = None
    folder: str | None = None
    origin: str = ""

    def with_passwords(self) -> Iterator[ListEntry]:
        """Read ahead the entries that name a user, except of a stream."""
        name = self.urls_file
        is_read_ahead = name is None or (is_the_users(name) and not is_stream(name))
        ahead = replace(self, urls_file=name if is_read_ahead else None, folder=None)
        for entry in ahead.entries():
            if isinstance(entry, ListEntry) and entry.authorization is not None:
                yield entry

    def entries(self) -> Iterator[ListEntry | InvalidLine]:
        """Read the list lazily; raises UnreadableSource.

        Only of a stream can it be seen so late that it has no valid line.
        """
        is_empty = self.urls_file is not None and is_stream(self.urls_file)
        for entry in self._all_entries():
            is_empty &= isinstance(entry, InvalidLine)
            yield entry
        if is_empty and self.urls_file is not None:
            raise EmptyList(self.urls_file)

    def _all_entries(self) -> Iterator[ListEntry | InvalidLine]:
        for number, word in enumerate((self.urls or "").split(), start=1):
            yield from _entries(word, f"urls, word {number}", base=Path.cwd())
        if self.urls_file is not None:
            yield from _list_entries(self.urls_file, self.origin)
        if self.folder is not None:
            yield from _folder_entries(self.folder)


def is_stream(urls_file: str) -> bool:
    """Return whether a list is a pipe or device, which can be read only once."""
    path = local_path(urls_file)
    return path is not None and _exists(path) and not path.is_file() | path.is_dir()


def _list_entries(urls_file: str, origin: str) -> Iterator[ListEntry | InvalidLine]:
    path, session = local_path(urls_file), session_for(urls_file)
    name = shown(urls_file)
    # A remote list must not name files on this disk.
    base = path and (Path.cwd() if path == STDIN else path.parent)
    is_own = is_the_users(urls_file) and not origin
    may_list = partial(is_same_origin, origin) if session is None else session.may_list
    has_end = session is None
    last_valid = 0
    for number, word in words_of(lines_of(urls_file, path, session)):
        where = f"{name}, line {number}"
        if number - last_valid > MAX_INVALID_LINES and not has_end:
            raise UnreadableSource(
                f"{name!r} has {MAX_INVALID_LINES} invalid lines one after the other; "
                "name a list of URLs."
            )
        if isinstance(word, BadLine):
            yield InvalidLine(where=where, reason=str(word))
            continue
        for entry in _entries(word, where, base=base):
            if isinstance(entry, InvalidLine):
                yield entry
                continue
            last_valid = number
            if is_own:
                yield entry
            else:
                may = may_list(entry.url)
                yield replace(entry, lists_origin=may, authorization=None)


def _entries(
    word: str, where: str, *, base: Path | None
) -> Iterator[ListEntry | InvalidLine]:
    try:
        url = web_url(word)
        if url is not None:
            yield ListEntry(url=url, where=where, authorization=basic_of(word))
            return
        path = _existing_path(word, base)
    except BadLine as error:
        yield InvalidLine(where=where, reason=str(error))
        return
    if not path.is_dir():
        yield ListEntry(url=path.as_uri(), where=where)
        return
    for file in files_below(path):
        yield ListEntry(url=file.as_uri(), where=where, is_in_folder=True)


def _existing_path(word: str, base: Path | None) -> Path:
    if base is None:
        raise BadLine(f"{word!r} is not a URL; only a local list may name local files.")
    is_uri = word.lower().startswith("file:")
    name = file_uri_to_path(word) if is_uri else word
    path = Path(os.path.abspath(base / name))  # noqa: PTH100 - keeps links
    if not _exists(path):
        raise BadLine(f"{word!r} is neither a URL (https://…) nor an existing file.")
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long or has a null byte
        return False


def _folder_entries(folder: str) -> Iterator[ListEntry]:
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
    if not _exists(path) or not path.is_dir():
        raise UnreadableSource(f"folder {folder!r} is not a folder; name a folder.")
    for file in files_below(path):
        yield ListEntry(url=file.as_uri(), where=f"folder {folder}", is_in_folder=True)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder and its subfolders, sorted by name."""
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield Path(parent, name)
