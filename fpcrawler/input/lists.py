"""Read the lines of a list: a local file, or a web, S3 or data URI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedIOBase, TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.request import urlopen

from w3lib.url import file_uri_to_path

from fpcrawler.core.file.encodings import wide_encoding
from fpcrawler.core.file.formats import image_format
from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.origins import bare_origin
from fpcrawler.core.web.passwords import shown
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.input.reasons import reason_of

if TYPE_CHECKING:
    from fpcrawler.input.list_session import ListSession

LIST_SCHEMES = ("file", "http", "https", "data", "s3")

STDIN = Path("/dev/stdin")

ELSEWHERE = "elsewhere"
"""The origin of a list whose URLs are all found, not listed (URLS_FILE_ORIGIN)."""

_MAX_LINE_CHARS = 1_048_576
"""Longer lines are cut: a row of a table can have much beside its URL."""

_MAX_PIECES = 64
"""Such parts of a line; a list from the web may never end."""

_CHUNK = 8_192

COMPRESSED = frozenset({".bz2", ".gz", ".lz4", ".xz", ".zst"})
"""Endings of the files that smart_open decompresses."""

_TIMEOUT = 30
"""Seconds without a byte, after which reading a list from the web fails."""


class UnreadableSource(ValueError):
    """A list or folder cannot be read; the message has its name and the reason."""

    finish_reason = "unreadable_list"
    """Why the crawl of the list ends."""


class EmptyList(UnreadableSource):
    """A list that can be read only once has no line to crawl."""

    finish_reason = "empty_list"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{shown(name)!r} has no URL or path to crawl; write one in each line."
        )


def lines_of(
    urls_file: str, path: Path | None, session: ListSession | None
) -> Iterator[str]:
    """Yield the lines of a list, of the file ``path`` if it is local.

    ``session``: that of ``session_for``. Raises UnreadableSource.
    """
    with _Started(_open_list(urls_file, path, session)) as file:
        try:
            _refuse_image(urls_file, file.head())
            yield from _bounded(_decoded(file))
        except UnreadableSource:
            raise
        except Exception as error:  # each transport and compression raises its own
            raise UnreadableSource(
                f"urls_file {shown(urls_file)!r} cannot be read to its end: "
                f"{reason_of(error)}."
            ) from error


def _refuse_image(urls_file: str, head: bytes) -> None:
    form = image_format(head)
    if form is not None and b"\0" in head:  # no text has it
        raise UnreadableSource(
            f"urls_file {shown(urls_file)!r} looks like an image ({form}), not like a "
            "list; name images by -a urls=."
        )


class _Started(BufferedIOBase):
    """A file of which the first bytes are known before it is read.

    A BufferedReader could tell them as well, but it waits until its buffer is full.
    """

    name = "list"  # TextIOWrapper's repr shows it

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)
        self._head: bytes | None = None

    def head(self) -> bytes:
        """Return the bytes of the first chunk of the file."""
        if self._head is None:
            self._head = self._read(_CHUNK)
        return self._head

    def readable(self) -> bool:
        return True

    def read1(self, size: int = _CHUNK, /) -> bytes:
        head, self._head = self._head, b""
        return head or self._read(size)

    def close(self) -> None:
        self._file.close()
        super().close()


def _decoded(file: _Started) -> TextIOWrapper:
    """Decode a list in UTF-8, or in the UTF-16 that spreadsheets write."""
    encoding = wide_encoding(file.head())
    if encoding is not None:
        return TextIOWrapper(file, encoding=encoding, errors="replace")
    return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape")


def _bounded(lines: TextIOWrapper) -> Iterator[str]:
    """Yield lines, cut to a maximum length; raises ValueError for an endless one."""
    pieces = 0
    while line := lines.readline(_MAX_LINE_CHARS):
        if not pieces:
            yield line
        pieces = 0 if line.endswith("\n") else pieces + 1
        if pieces > _MAX_PIECES:
            raise ValueError(f"a line has more than {_MAX_PIECES} MB")


def _open_list(
    urls_file: str, path: Path | None, session: ListSession | None
) -> IO[bytes]:
    scheme = None if path else _scheme(urls_file)
    try:
        if scheme == "data":
            file: IO[bytes] = urlopen(urls_file)  # noqa: S310 - it is data:
            return file
        if path and path.suffix.lower() not in COMPRESSED:
            return path.open("rb")
        import smart_open  # noqa: PLC0415 - it imports boto3, even for files

        params = (
            {"timeout": _TIMEOUT, "session": session} if session is not None else {}
        )
        uri = asked_url(urls_file) if params else urls_file
        return smart_open.open(path or uri, "rb", transport_params=params)
    except Exception as error:
        raise UnreadableSource(
            f"urls_file {shown(urls_file)!r} cannot be read "
            f"({_foreign(urls_file) or reason_of(error)}); {_advice(urls_file)}."
        ) from error


def session_for(urls_file: str) -> ListSession | None:
    """Return the session that fetches a list from the web; None for other lists."""
    if _scheme(urls_file) not in WEB_SCHEMES:
        return None
    from fpcrawler.input.list_session import ListSession  # noqa: PLC0415 - requests

    return ListSession(urls_file)


def is_the_users(urls_file: str) -> bool:
    """Return whether the user wrote a list: a local one, or the argument itself."""
    return _scheme(urls_file) not in (*WEB_SCHEMES, "s3")


def origin_of_list(urls_file: str) -> str:
    """Return the URLS_FILE_ORIGIN of a local copy of a list; "": it is the user's."""
    if is_the_users(urls_file):
        return ""
    is_web = _scheme(urls_file) in WEB_SCHEMES
    return bare_origin(urls_file) if is_web else ELSEWHERE


def local_path(urls_file: str) -> Path | None:
    """Return the path of a local list, None for other URIs."""
    if urls_file == "-":
        return STDIN
    scheme = _scheme(urls_file)
    if scheme == "file":
        return Path(file_uri_to_path(urls_file))
    return None if scheme in LIST_SCHEMES else Path(urls_file)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def _advice(urls_file: str) -> str:
    if _scheme(urls_file) == "s3":
        return "correct its name or the AWS_… variables"
    return "name a list by its path or its file, http, https, data or s3 URI"


def _foreign(urls_file: str) -> str:
    """Return why no list is read from a URI of another scheme; ``""`` if it may be."""
    scheme, is_uri, _ = urls_file.partition("://")
    is_known = not is_uri or _scheme(urls_file) in LIST_SCHEMES
    return "" if is_known else f"lists are not read from {scheme}://"
