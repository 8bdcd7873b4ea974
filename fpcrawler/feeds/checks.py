"""Find feeds that cannot be written, before the crawl starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion
from fpcrawler.errors import BadInput
from fpcrawler.feeds.fields import check_fields
from fpcrawler.feeds.files import FORMATS, FeedFormat
from fpcrawler.feeds.live_array import NotAnArray, check_array
from fpcrawler.feeds.live_file import FeedInUse, check_free
from fpcrawler.feeds.names import NAMES, PLACEHOLDER
from fpcrawler.feeds.s3 import check_s3
from fpcrawler.feeds.storage import feed_path

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_MAX_NAME_BYTES = 250
"""A file name has 255 bytes at most; a live array adds some for its hidden copy."""


def check_feeds(settings: BaseSettings) -> None:
    """Raise BadInput for a feed that cannot be written."""
    _check_charset(str(settings["FEED_EXPORT_ENCODING"] or "utf-8"))
    check_fields(settings)
    schemes = settings.getwithbase("FEED_STORAGES")
    for uri, options in settings.getdict("FEEDS").items():
        scheme = urlsplit(str(uri)).scheme
        if scheme not in schemes:
            raise BadInput(
                f"feed {uri}: unsupported scheme {scheme}://; use a path or "
                "s3://BUCKET/KEY."
            )
        if scheme == "gs" and not _is_installed("google.cloud.storage"):
            raise BadInput(
                f"feed {uri} needs the package google-cloud-storage, which is not "
                "installed; use a path or s3://BUCKET/KEY."
            )
        if is_onion(urlsplit(str(uri)).hostname or ""):
            raise BadInput(
                f"feed {uri} is on an onion service; feeds do not go through Tor."
            )
        if scheme in ("", "file"):
            _check_local_feed(str(uri), options)
    if settings["PAGES_FEED"]:
        if urlsplit(settings["PAGES_FEED"]).scheme:
            raise BadInput(f"PAGES_FEED is {settings['PAGES_FEED']!r}; use a path.")
        _check_local_feed(settings["PAGES_FEED"], {})
        _check_pairs(settings["PAGES_FEED"])
        if settings["PAGES_FEED"] in settings.getdict("FEEDS"):
            raise BadInput(
                f"PAGES_FEED is {settings['PAGES_FEED']!r}, also a feed of records; "
                "name another file."
            )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # a package that it is in
        return False


def _check_pairs(name: str) -> None:
    """Raise BadInput for a name that means another format than JSON Lines."""
    path = Path(name)
    if path.suffix and FORMATS.get(path.suffix.lower()) is not FeedFormat.LINES:
        right = Path(name.removesuffix(".gz")).with_suffix(".jsonl")
        raise BadInput(
            f"PAGES_FEED is {name!r}, but the pairs are JSON Lines; name it {right}."
        )


def _check_charset(name: str) -> None:
    """Raise BadInput for an encoding that changes the brackets of an array."""
    try:
        is_ascii_based = "[,]".encode(name) == b"[,]"
    except LookupError:
        is_ascii_based = False
    if not is_ascii_based:
        raise BadInput(f"FEED_EXPORT_ENCODING is {name!r}; use utf-8.")


def _check_local_feed(uri: str, options: Mapping[str, Any]) -> None:
    path = feed_path(PLACEHOLDER.sub("x", uri))
    if len(os.fsencode(path.name)) > _MAX_NAME_BYTES:
        raise BadInput(
            f"the name of feed {uri} is too long; use {_MAX_NAME_BYTES} bytes at most."
        )
    if path.is_symlink() and not path.exists() and path.readlink() == Path(path.name):
        raise BadInput(f"feed {uri} is a link to itself; remove it.")
    if path.is_dir():
        raise BadInput(f"feed {uri} is a folder; name a file in it.")
    parent = path.absolute().parent
    while not parent.exists():
        parent = parent.parent
    target = path if path.exists() else parent
    if not parent.is_dir() or not os.access(target, os.W_OK):
        raise BadInput(
            f"feed {uri} cannot be written in {parent}; name a writable folder."
        )
    if path.is_file():
        _check_present_feed(uri, path, options)


def _check_present_feed(uri: str, path: Path, options: Mapping[str, Any]) -> None:
    """Raise BadInput for a file in use, or one that cannot be appended to."""
    try:
        check_free(path)
    except FeedInUse as error:
        raise BadInput(f"{error}; wait until it ends, or name another feed.") from error
    if options.get("format") != "json" or options.get("overwrite"):
        return
    if options.get("postprocessing") and path.stat().st_size:
        raise BadInput(
            f"feed {uri} exists, and a gzipped JSON array cannot be appended to; use "
            "-O to replace it, another name, or .jsonl.gz."
        )
    try:
        check_array(path)
    except NotAnArray as error:
        raise BadInput(f"{error} Use -O to replace it.") from error


_BATCHES = ("batch_id", "batch_time")

_KNOWN_NAMES = ("name", "started", "time", *_BATCHES)


def check_batches(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for an unknown placeholder, or one file name for all batches."""
    _count_of("FEED_EXPORT_BATCH_ITEM_COUNT", settings["FEED_EXPORT_BATCH_ITEM_COUNT"])
    for uri, options in feed_options(settings):
        if urlsplit(uri).scheme == "s3":
            check_s3(uri, settings)
        names = set(NAMES.findall(uri))
        if not (settings["FEED_URI_PARAMS"] or options.get("uri_params")):
            known = {*_KNOWN_NAMES, *arguments}
            for name in sorted(names - known):
                names_known = ", ".join(f"%({name})s" for name in sorted(known))
                raise BadInput(
                    f"feed {uri}: unknown placeholder {name}; use {names_known}."
                )
        default = settings["FEED_EXPORT_BATCH_ITEM_COUNT"]
        count = _count_of(f"batch_item_count of {uri}", _option(options, default))
        if count and names.isdisjoint(_BATCHES):
            raise BadInput(
                f"feed {uri} has batches of {count} records, each needs its own file; "
                "put %(batch_id)05d into the name."
            )


def _count_of(name: str, value: Any) -> int:
    try:
        count = int(value or 0)
    except (TypeError, ValueError):
        count = -1
    if count < 0:
        raise BadInput(f"{name} is {value!r}; use a whole number of 0 or more.")
    return count


def _option(options: Mapping[str, Any], default: Any) -> Any:
    return options.get("batch_item_count", default)


def feed_options(settings: BaseSettings) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the URI of each feed, and its options."""
    for uri, options in settings.getdict("FEEDS").items():
        yield str(uri), options
