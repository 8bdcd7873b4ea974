"""What is wrong with batches and resumed feeds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.checks import NAMES, BadInput
from fpcrawler.feeds import feed_path
from fpcrawler.resume.loading import resumed_feeds
from fpcrawler.s3checks import check_s3

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.settings import BaseSettings

_BATCHES = ("batch_id", "batch_time")
_KNOWN_NAMES = ("name", "started", "time", *_BATCHES)


def check_batches(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a feed whose name cannot be made, or would come twice."""
    _count_of("FEED_EXPORT_BATCH_ITEM_COUNT", settings["FEED_EXPORT_BATCH_ITEM_COUNT"])
    for uri, options in _feeds(settings):
        if urlsplit(uri).scheme == "s3":
            check_s3(uri, settings)
        names = set(NAMES.findall(uri))
        if not (settings["FEED_URI_PARAMS"] or options.get("uri_params")):
            known = {*_KNOWN_NAMES, *arguments}
            for name in sorted(names - known):
                told = ", ".join(f"%({name})s" for name in sorted(known))
                message = f"feed {uri}: nothing is called {name}; there are {told}."
                raise BadInput(message)
        default = settings["FEED_EXPORT_BATCH_ITEM_COUNT"]
        count = _count_of(f"batch_item_count of {uri}", _option(options, default))
        if count and names.isdisjoint(_BATCHES):
            message = (
                f"feed {uri} comes in batches of {count} records, which need names of "
                "their own; put %(batch_id)05d into it."
            )
            raise BadInput(message)


def check_resume(settings: BaseSettings, arguments: Mapping[str, str]) -> str:
    """Return the feeds to resume, "" for none; raises BadInput.

    A feed that this crawl continues may still be missing, so that one command
    does both to begin and to go on.
    """
    resume = arguments.get("resume", "")
    own = {_path(uri): options for uri, options in _feeds(settings) if _is_local(uri)}
    if not Path(resume).exists():
        words = [resume] if _is_to_begin(resume, own) else resume.split()
        begun = [word for word in words if not _is_to_begin(word, own)]
        resume = " ".join(begun) if len(begun) < len(words) else resume
    for feed in resumed_feeds(resume) if resume else ():
        if own.get(feed.path.resolve(), {}).get("overwrite"):
            message = (
                f"resume={feed.path} is replaced by the crawl itself; "
                "continue it with -o, or name another feed with -O."
            )
            raise BadInput(message)
    return resume


def _is_to_begin(word: str, own: Mapping[Path, Any]) -> bool:
    return Path(word).resolve() in own and not Path(word).exists()


def _count_of(name: str, value: Any) -> int:
    try:
        count = int(value or 0)
    except (TypeError, ValueError):
        count = -1
    if count < 0:
        message = f"{name} is {value!r}; use a whole number of 0 or more."
        raise BadInput(message)
    return count


def _option(options: Mapping[str, Any], default: Any) -> Any:
    return options.get("batch_item_count", default)


def _feeds(settings: BaseSettings) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for uri, options in settings.getdict("FEEDS").items():
        yield str(uri), options


def _is_local(uri: str) -> bool:
    return urlsplit(uri).scheme in ("", "file")


def _path(uri: str) -> Path:
    return feed_path(uri).resolve()
