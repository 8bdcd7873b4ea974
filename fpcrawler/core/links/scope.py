"""Which links a crawl follows, and how many images of a page it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

_NUMBER = re.compile(r"[0-9]{1,18}")
MAX_IMAGES_PER_PAGE = 10_000
"""The default: a hostile page can name a million."""


class BadScope(ValueError):
    """An argument of the scope is invalid; the text is one sentence."""


class LeftOut(StrEnum):
    """The argument because of which a page or an image is skipped."""

    ALLOW = "allow"
    DENY = "deny"
    MAX_PAGES = "max_pages"
    MAX_IMAGES_PER_PAGE = "max_images_per_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which links of a page are followed, and how many of its images are taken.

    ``depth``: links from the list; 0: the listed pages only. ``allow``, ``deny``:
    the URL of a followed page has to match ``allow`` and must not match ``deny``.
    ``max_pages``: for the whole crawl; 0: no limit; ``max_images_per_page`` likewise.
    """

    depth: int = 0
    allow: re.Pattern[str] | None = None
    deny: re.Pattern[str] | None = None
    max_pages: int = 0
    max_images_per_page: int = MAX_IMAGES_PER_PAGE

    @classmethod
    def parse(cls, arguments: Mapping[str, str]) -> Scope:
        """Read the spider's arguments; raises BadScope."""
        return cls(
            depth=_number(arguments, "depth", 0),
            allow=_pattern(arguments, "allow"),
            deny=_pattern(arguments, "deny"),
            max_pages=_number(arguments, "max_pages", 0),
            max_images_per_page=_number(
                arguments, "max_images_per_page", MAX_IMAGES_PER_PAGE
            ),
        )

    def refusal(self, url: str, *, pages: int) -> LeftOut | None:
        """Return the argument that excludes a page; None if it is followed.

        ``pages``: the number of pages requested so far.
        """
        if self.allow is not None and not _matches(self.allow, url):
            return LeftOut.ALLOW
        if self.deny is not None and _matches(self.deny, url):
            return LeftOut.DENY
        if self.max_pages and pages >= self.max_pages:
            return LeftOut.MAX_PAGES
        return None


def _matches(pattern: re.Pattern[str], url: str) -> bool:
    """Search a URL as it is requested, and as people type it: percent-decoded."""
    return bool(pattern.search(url) or pattern.search(unquote(url)))


def is_same_site(url: str, page_url: str) -> bool:
    """Return whether two URLs have the same host and port, ignoring ``www.``."""
    return _site(url) == _site(page_url)


def _site(url: str) -> tuple[bool, str]:
    parts = urlsplit(url)
    return parts.scheme == "file", parts.netloc.lower().removeprefix("www.")


def _number(arguments: Mapping[str, str], name: str, default: int) -> int:
    text = arguments.get(name, str(default)).strip()
    if not _NUMBER.fullmatch(text):
        raise BadScope(f"-a {name}={text} is not a whole number of 0 or more.")
    return int(text)


def _pattern(arguments: Mapping[str, str], name: str) -> re.Pattern[str] | None:
    if name not in arguments:
        return None
    try:
        return re.compile(arguments[name])
    except (re.error, OverflowError, RecursionError) as error:
        raise BadScope(
            f"-a {name}={arguments[name]} is not a regular expression ({error})."
        ) from None
