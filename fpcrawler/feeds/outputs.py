"""Protect existing files: an output replaces or extends only its own kind."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fpcrawler.core.file import contents
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import expanded, resumed_feeds, verified_feeds
from fpcrawler.feeds.names import NAMES, PLACEHOLDER
from fpcrawler.feeds.run_file import run_path
from fpcrawler.feeds.storage import NOTES_SUFFIX, feed_path
from fpcrawler.input.known_names import named_list
from fpcrawler.input.lists import local_path
from fpcrawler.items import RECORD_FIELDS

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_HEAD_BYTES = 1_048_576
"""A record has at most METADATA_MAX_BYTES of metadata; its first names come early."""
_EVERY_BATCH = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file that a command will write.

    ``holds`` returns whether the first bytes of a file are of this kind.
    """

    option: str
    path: Path
    kind: str
    holds: Callable[[bytes], bool]

    def __str__(self) -> str:
        return f"{self.option} {self.path}"


def check_outputs(outputs: Iterable[Output], inputs: Iterable[Path]) -> None:
    """Raise BadInput for an output that is an input, or a file of another kind.

    Symbolic links are followed. Empty files, pipes and devices are always allowed.
    """
    named: dict[Path, Output] = {}
    read = [*inputs]
    for output in outputs:
        path, mode = output.path, _mode(output.path)
        if mode is not None and not stat.S_ISREG(mode):
            continue
        other = named.setdefault(path.resolve(), output)
        if other is not output:
            raise BadInput(f"{other} and {output} are one file; name two files.")
        if mode is None:
            continue
        if any(_mode(one) is not None and path.samefile(one) for one in read):
            raise BadInput(f"{output} is also an input; name another file.")
        head = _opening_bytes(path)
        if head.strip() and not output.holds(head):
            raise BadInput(
                f"{output} exists but does not hold {output.kind}, so it is kept; "
                "name another file or remove it."
            )


def check_crawl_outputs(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a file that the crawl would damage."""
    inputs = [*_inputs(settings, arguments)]
    kept = [*_earlier_feeds(arguments)]
    replaced = [*_feeds(settings, arguments, overwrite=True)]
    appended = [*_feeds(settings, arguments, overwrite=False)]
    others = [*other_outputs(settings)]
    check_outputs([*replaced, *appended, *others], inputs)
    check_outputs([*replaced, *others], kept)


def _earlier_feeds(arguments: Mapping[str, str]) -> Iterator[Path]:
    """Yield the feeds that are read before the crawl: it may append to them."""
    # check_resume() and check_verify() report what is wrong with them.
    with suppress(BadInput):
        if "resume" in arguments:
            yield from (feed.path for feed in resumed_feeds(arguments["resume"]))
    with suppress(BadInput):
        if "verify" in arguments:
            yield from (feed.path for feed in verified_feeds(arguments["verify"]))


def check_log(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a LOG_FILE that is not a log; no error is written to it."""
    check_outputs(log_outputs(settings), _inputs(settings, arguments))


def log_outputs(settings: BaseSettings) -> Iterator[Output]:
    """Yield the output of LOG_FILE, if it is set."""
    is_appended = settings.getbool("LOG_FILE_APPEND")
    holds = contents.may_be_log if is_appended else contents.holds_log
    yield from _named(settings, "LOG_FILE", "a log", holds)


def records_output(
    option: str,
    path: Path,
    form: str,
    fields: Iterable[str] = RECORD_FIELDS,
    *,
    is_appended: bool = False,
) -> Output:
    """Return an output of records in the format ``form``."""
    kind = f"records as {form}"
    holds = partial(contents.holds_records, form=form, fields=[*fields])
    if is_appended and form == "csv":  # one table has one header
        kind += " with the columns of this crawl"
        holds = partial(contents.holds_columns, columns=[*fields])
    return Output(option=option, path=path, kind=kind, holds=holds)


def _inputs(settings: BaseSettings, arguments: Mapping[str, str]) -> Iterator[Path]:
    """Yield the list and the known lists, which the crawl reads to their end."""
    if not arguments.keys() & {"urls", "folder", "verify"} or "urls_file" in arguments:
        path = local_path(arguments.get("urls_file", str(settings["URLS_FILE"])))
        if path is not None:
            yield path
    for name in settings.getlist("KNOWN_LISTS"):
        with suppress(BadInput):
            yield from expanded([named_list(str(name).strip())[0]])


def _feeds(
    settings: BaseSettings, arguments: Mapping[str, str], *, overwrite: bool
) -> Iterator[Output]:
    for uri, options in settings.getdict("FEEDS").items():
        is_local = urlsplit(str(uri)).scheme in ("", "file")
        if not is_local or bool(options.get("overwrite")) is not overwrite:
            continue
        fields = _field_names(settings, options)
        for path in _paths(str(uri), arguments):
            form = str(options.get("format"))
            is_appended = not overwrite
            yield records_output("feed", path, form, fields, is_appended=is_appended)
            notes = path.with_name(path.name + NOTES_SUFFIX)
            yield Output(
                option="notes file",
                path=notes,
                kind="notes of a crawl",
                holds=contents.holds_notes,
            )
            yield Output(
                option="record of the run",
                path=run_path(path),
                kind="records of runs",
                holds=contents.holds_runs,
            )


def _paths(uri: str, arguments: Mapping[str, str]) -> Iterator[Path]:
    """Yield the path of a feed; for batches, the paths that exist.

    A name with a time is always new, so it replaces nothing.
    """
    names = set(NAMES.findall(uri))
    if names <= {"name", "batch_id", *arguments}:
        values = {"name": "images", **arguments, "batch_id": _EVERY_BATCH}
        path = feed_path(PLACEHOLDER.sub(lambda found: values[_name(found[0])], uri))
        if _EVERY_BATCH not in str(path):
            yield path
            return
        pattern = glob.escape(str(path)).replace(_EVERY_BATCH, "[0-9]*")
        yield from map(Path, glob.iglob(pattern))  # noqa: PTH207 - also absolute


def _name(placeholder: str) -> str:
    (name,) = NAMES.findall(placeholder)
    return str(name)


def _field_names(settings: BaseSettings, options: Mapping[str, Any]) -> list[str]:
    fields = options.get("fields") or settings.getdictorlist("FEED_EXPORT_FIELDS")
    names = fields.values() if isinstance(fields, dict) else fields
    return [str(name) for name in names or RECORD_FIELDS]


def other_outputs(settings: BaseSettings) -> Iterator[Output]:
    """Yield what a crawl writes beside its feeds: PAGES_FEED, STATS_FILE, LOG_FILE."""
    kind = "pairs of pages and images"
    yield from _named(settings, "PAGES_FEED", kind, contents.holds_pairs)
    yield from _named(settings, "STATS_FILE", "stats", contents.holds_stats)
    yield from log_outputs(settings)


def _named(
    settings: BaseSettings, name: str, kind: str, holds: Callable[[bytes], bool]
) -> Iterator[Output]:
    if settings[name]:
        path = Path(settings[name])
        yield Output(option=name, path=path, kind=kind, holds=holds)


def _mode(path: Path) -> int | None:
    """Return the file's mode; None if it does not exist or its name is too long."""
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _opening_bytes(path: Path) -> bytes:
    """Return the bytes that show a file's kind: the first; of Parquet the last."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if head.startswith(contents.PARQUET):
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _HEAD_BYTES))
            return contents.PARQUET + file.read()
    return contents.unpacked(head)
