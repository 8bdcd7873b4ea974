"""The passwords that the user's own list names, each for one origin."""

from __future__ import annotations


class Logins:
    """Maps an origin (RFC 6454) to the ``Authorization`` of its requests.

    It is kept in memory only: neither requests on the disk nor feeds and notes have
    the passwords. Two lines of one origin with different users: the last one counts.
    """

    def __init__(self) -> None:
        self._of_origin: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._of_origin)

    def add(self, url: str, authorization: str) -> None:
        """Note the ``Authorization`` for the origin of a URL."""
        self._of_origin[_origin(url)] = authorization

    def at(self, url: str) -> str | None:
        """Return the ``Authorization`` for a request; None: its origin has none."""
        return self._of_origin.get(_origin(url))


def _origin(url: str) -> str:
    """Return the origin; the URL Standard leaves out a default port."""
    return url[: url.index("/", url.index("//") + 2)]
