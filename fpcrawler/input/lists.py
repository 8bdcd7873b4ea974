"""Read the lines of a list: a local file, or a web, S3 or data URI."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.request import urlopen

from w3lib.url import file_uri_to_path

from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.origins import bare_origin
from fpcrawler.core.web.passwords import shown
from fpcrawler.core.web.url_list import MAX_URL_CHARS, WEB_SCHEMES

if TYPE_CHECKING:
    from fpcrawler.input.list_session import ListSession

LIST_SCHEMES = ("file", "http", "https", "data", "s3")

ELSEWHERE = "elsewhere"
"""The origin of a list whose URLs are all found, not listed (URLS_FILE_ORIGIN)."""

_MAX_LINE_CHARS = 2 * MAX_URL_CHARS

COMPRESSED = frozenset({".bz2", ".gz", ".lz4", ".xz", ".zst"})
"""Endings of the files that smart_open decompresses."""

_TIMEOUT = 30
"""Seconds without a byte, after which reading a list from the web fails."""


class UnreadableSource(ValueError):
    """A list or folder cannot be read; the message has its name and the reason."""


def lines_of(
    urls_file: str, path: Path | None, session: ListSession | None
) -> Iterator[str]:
    """Yield the lines of a list, of the file ``path`` if it is local.

    ``session``: that of ``session_for``. Raises UnreadableSource.
    """
    file = _open_list(urls_file, path, session)
    with TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape") as lines:
        try:
            yield from _bounded(lines)
        except Exception as error:  # each transport and compression raises its own
            raise UnreadableSource(
                f"urls_file {shown(urls_file)!r} cannot be read to its end: "
                f"{_reason(error)}."
            ) from error


def _bounded(lines: TextIOWrapper) -> Iterator[str]:
    """Yield lines, cut after twice the maximum length of a URL."""
    is_start = True
    while line := lines.readline(_MAX_LINE_CHARS):
        if is_start:
            yield line
        is_start = line.endswith("\n")


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
            f"urls_file {shown(urls_file)!r} cannot be read ({_reason(error)}); name a "
            f"list by its path or its file, http, https, data or s3 URI."
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
    scheme = _scheme(urls_file)
    if scheme == "file":
        return Path(file_uri_to_path(urls_file))
    return None if scheme in LIST_SCHEMES else Path(urls_file)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text.strip().rstrip(".") or type(error).__name__
