"""What is wrong with arguments and settings, found before anything is done."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.settings import default_settings

from fpcrawler import settings as project_settings
from fpcrawler.arrays import NotAnArray, check_array
from fpcrawler.core.onion import is_onion
from fpcrawler.core.scope import BadScope, Scope
from fpcrawler.feeds import feed_path
from fpcrawler.livefile import FeedInUse, check_free
from fpcrawler.reading import KINDS
from fpcrawler.sources import Listed, Rejected, Sources, UnreadableSource, is_stream
from fpcrawler.tor import BadProxy, checked_proxies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapy.settings import BaseSettings

LIST_ARGUMENTS = ("urls", "urls_file", "folder")
SCOPE_ARGUMENTS = ("depth", "allow", "deny", "max_pages", "max_images_per_page")
ARGUMENTS = (*LIST_ARGUMENTS, *SCOPE_ARGUMENTS, "resume")
PLACEHOLDER = re.compile(r"%\([^)]+\)[^a-z]*[a-z]")
NAMES = re.compile(r"%\(([^)]+)\)")
_BOOLEANS = ("0", "1", "True", "False", "true", "false")  # as Scrapy reads them
_MAY_BE_ZERO = (
    "MIN_IMAGE_SIZE",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_MAXSIZE",
    "RETRY_TIMES",
    "FLEET_RETRY_TIMES",
    "URLLENGTH_LIMIT",
    "METADATA_MAX_REQUESTS",
    "METADATA_MAX_BYTES",
    "FEED_EXPORT_INDENT",
)
_MAX_NAME_BYTES = 250
"""A file's name and what makes its twin's have to fit in 255 bytes."""
_LOG_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")


class BadInput(ValueError):
    """An argument or setting that cannot be used; the text is one sentence."""


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a spider argument that does not exist or says nothing."""
    for name, value in arguments.items():
        # Scrapyd adds `_job`; names that begin so are not the user's.
        if name.startswith("_"):
            continue
        if name not in ARGUMENTS:
            known = ", ".join(f"-a {known}=…" for known in ARGUMENTS)
            message = f"-a {name}={value} is not an argument; there are {known}."
            raise BadInput(message)
        if not value.strip():
            message = f"-a {name}= is empty; give it a value or leave it out."
            raise BadInput(message)
    try:
        Scope.parse(arguments)
    except BadScope as error:
        raise BadInput(str(error)) from None


def check_settings(settings: BaseSettings, changed: Iterable[str]) -> None:
    """Raise BadInput for a value of the wrong type and for a misspelt name.

    ``changed``: the names that the user set on the command line.
    """
    known = {name for name in dir(default_settings) if name.isupper()}
    own = {name for name in dir(project_settings) if name.isupper()}
    for name in changed:
        if name not in known | own:
            close = get_close_matches(name, known | own, n=1, cutoff=0.8)
            if close:
                message = f"-s {name} is not a setting; did you mean {close[0]}?"
                raise BadInput(message)
    for name in sorted(own):
        _check_type(name, settings[name], getattr(project_settings, name))
    for kind in settings.getlist("METADATA_KINDS"):
        if kind.strip() not in KINDS:
            message = f"METADATA_KINDS has {kind!r}; use some of {', '.join(KINDS)}."
            raise BadInput(message)
    if (
        settings["LOG_FILE"]
        and not Path(settings["LOG_FILE"]).absolute().parent.is_dir()
    ):
        message = f"LOG_FILE is {settings['LOG_FILE']!r}; its folder does not exist."
        raise BadInput(message)
    if settings["JOBDIR"]:
        _check_jobdir(Path(settings["JOBDIR"]))
    if str(settings["LOG_LEVEL"]).upper() not in _LOG_LEVELS:
        levels = ", ".join(_LOG_LEVELS)
        message = f"LOG_LEVEL is {settings['LOG_LEVEL']!r}; use one of {levels}."
        raise BadInput(message)


def _check_jobdir(folder: Path) -> None:
    """Raise BadInput for a folder that neither is there nor could be made."""
    existing = folder.absolute()
    while not os.path.lexists(existing):
        existing = existing.parent
    if not existing.is_dir():
        message = f"JOBDIR is {str(folder)!r}, and {existing} is no folder; name one."
        raise BadInput(message)
    if not os.access(existing, os.W_OK):
        message = (
            f"JOBDIR is {str(folder)!r}, and {existing} cannot be written to; "
            "name another folder."
        )
        raise BadInput(message)


def check_tor(settings: BaseSettings) -> None:
    """Raise BadInput for a proxy or a way that does not exist."""
    try:
        checked_proxies(settings.getlist("TOR_PROXIES"))
    except BadProxy as error:
        raise BadInput(str(error)) from None
    user_agent = str(settings["TOR_USER_AGENT"] or "")
    if not (user_agent.isascii() and user_agent.isprintable() and user_agent.strip()):
        message = f"TOR_USER_AGENT is {user_agent!r}; use a browser's, on one line."
        raise BadInput(message)
    way = settings["TOR_LINKED_CLEARNET"]
    if way not in ("tor", "drop"):
        message = f"TOR_LINKED_CLEARNET is {way!r}; use tor or drop."
        raise BadInput(message)


def check_sources(sources: Sources) -> None:
    """Raise BadInput for a list or folder that is unreadable or names nothing.

    Reads as far as the first entry that can be crawled.
    """
    if sources.urls_file is not None and is_stream(sources.urls_file):
        return  # what is read of a pipe here, the crawl would miss
    first_rejected: Rejected | None = None
    try:
        for entry in sources.entries():
            if isinstance(entry, Listed):
                return
            first_rejected = first_rejected or entry
    except UnreadableSource as error:
        raise BadInput(str(error)) from error
    if first_rejected is not None:
        message = f"{first_rejected.where}: {first_rejected.reason}"
        raise BadInput(message)
    name = sources.urls_file or sources.folder or sources.urls
    message = f"{name!r} names nothing to crawl; put one URL or path in each line."
    raise BadInput(message)


def check_feeds(settings: BaseSettings) -> None:
    """Raise BadInput for a feed that could not be written."""
    _check_charset(str(settings["FEED_EXPORT_ENCODING"] or "utf-8"))
    schemes = settings.getwithbase("FEED_STORAGES")
    for uri, options in settings.getdict("FEEDS").items():
        scheme = urlsplit(str(uri)).scheme
        if scheme not in schemes:
            message = (
                f"feed {uri}: {scheme}:// is no place for feeds; use a path or s3://…."
            )
            raise BadInput(message)
        if is_onion(urlsplit(str(uri)).hostname or ""):
            message = f"feed {uri} is on an onion service; feeds do not go through Tor."
            raise BadInput(message)
        if scheme in ("", "file"):
            _check_local_feed(str(uri), options)
    if settings["PAGES_FEED"]:
        if urlsplit(settings["PAGES_FEED"]).scheme:
            message = f"PAGES_FEED is {settings['PAGES_FEED']!r}; use a path."
            raise BadInput(message)
        _check_local_feed(settings["PAGES_FEED"], {})
        if settings["PAGES_FEED"] in settings.getdict("FEEDS"):
            message = (
                f"PAGES_FEED is {settings['PAGES_FEED']!r}, a feed of records, too."
            )
            raise BadInput(message)


def _check_charset(name: str) -> None:
    """Refuse a character set in which an array's brackets are not ASCII."""
    try:
        is_fitting = "[,]".encode(name) == b"[,]"
    except LookupError:
        is_fitting = False
    if not is_fitting:
        message = f"FEED_EXPORT_ENCODING is {name!r}; use utf-8."
        raise BadInput(message)


def check_rendering(settings: BaseSettings) -> None:
    """Raise BadInput where pages shall be rendered and nothing can render them."""
    if not settings.getbool("RENDER_PAGES"):
        return
    if find_spec("scrapy_playwright") is None:
        message = (
            "RENDER_PAGES needs the package scrapy-playwright; "
            "install it with: pip install -r requirements-js.txt."
        )
        raise BadInput(message)
    options = settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")
    chromium = str(options.get("executable_path"))
    if which(chromium) is None:
        message = (
            f"RENDER_PAGES needs Chromium, and {chromium} is no program; install it "
            "(apt-get install chromium) or name it in PLAYWRIGHT_LAUNCH_OPTIONS."
        )
        raise BadInput(message)


def _check_local_feed(uri: str, options: Mapping[str, Any]) -> None:
    path = feed_path(PLACEHOLDER.sub("x", uri))
    if len(os.fsencode(path.name)) > _MAX_NAME_BYTES:
        message = (
            f"feed {uri} has too long a name; use {_MAX_NAME_BYTES} bytes at most."
        )
        raise BadInput(message)
    if path.is_symlink() and not path.exists() and path.readlink() == Path(path.name):
        message = f"feed {uri} is a link to itself; remove it."
        raise BadInput(message)
    if path.is_dir():
        message = f"feed {uri} is a folder; name a file in it."
        raise BadInput(message)
    parent = path.absolute().parent
    while not parent.exists():
        parent = parent.parent
    target = path if path.exists() else parent
    if not parent.is_dir() or not os.access(target, os.W_OK):
        message = f"feed {uri} cannot be written in {parent}; name a place that can be."
        raise BadInput(message)
    if path.is_file():
        _check_present_feed(uri, path, options)


def _check_present_feed(uri: str, path: Path, options: Mapping[str, Any]) -> None:
    """Refuse a file that another crawl is writing, or that cannot be continued."""
    try:
        check_free(path)
    except FeedInUse as error:
        message = f"{error}; wait for its end, or name another feed."
        raise BadInput(message) from error
    if options.get("format") != "json" or options.get("overwrite"):
        return
    if options.get("postprocessing") and path.stat().st_size:
        message = (
            f"feed {uri} is there already, and nothing can be added to a packed "
            "JSON array; use -O to replace it, another name, or .jsonl.gz."
        )
        raise BadInput(message)
    try:
        check_array(path)
    except NotAnArray as error:
        message = f"{error} Use -O to replace it."
        raise BadInput(message) from error


def _check_type(name: str, value: Any, default: Any) -> None:
    """Compare a value, perhaps a text of the command line, with its default's type."""
    if isinstance(default, bool):
        if str(value) not in _BOOLEANS:
            message = f"{name} is {value!r}; use True or False."
            raise BadInput(message)
    elif isinstance(default, int | float):
        try:
            number = type(default)(value)
        except (TypeError, ValueError):
            number = -1
        is_large_enough = number >= 0 if name in _MAY_BE_ZERO else number > 0
        if not is_large_enough or number == float("inf"):
            kind = "whole number" if isinstance(default, int) else "number"
            least = "of 0 or more" if name in _MAY_BE_ZERO else "above 0"
            message = f"{name} is {value!r}; use a {kind} {least}."
            raise BadInput(message)
