"""Select the images of feeds that are worth a second look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING
from weakref import finalize

from fpcrawler.core.fingerprint.blocks import block_offsets
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import feed_name, verified_feeds
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.verify.goal import Goal
from fpcrawler.verify.plan import MAX_RANGES, with_shorter
from fpcrawler.verify.records import BOOLEANS, record_of

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile

_MEMORY = "2GB"
"""Memory limit of DuckDB, which is closed before the crawl begins."""


class Selection:
    """The goals of a crawl, in a file: they can be many, and have whole records.

    ``skipped``: how many lines of each feed are not records.
    """

    def __init__(
        self, file: IO[bytes], blocks: int, skipped: Mapping[Path, int]
    ) -> None:
        self.skipped = skipped
        self._file = file
        finalize(self, file.close)
        self._blocks = blocks

    def __iter__(self) -> Iterator[Goal]:
        """Yield the goals that were not reached by an earlier look."""
        self._file.seek(0)
        for line in self._file:
            lengths, shortest, is_seen, texts = json.loads(line)
            goal = Goal(
                record=record_of(dict(zip(RECORD_FIELDS, texts, strict=True))),
                lengths=tuple(lengths),
                shortest=shortest,
                blocks=self._blocks,
            )
            if not _is_reached(goal, is_seen=is_seen):
                yield goal

    def lack(self) -> str | None:
        """Return why there is no goal; None if there is one."""
        if next(iter(self), None) is not None:
            return None
        if self._file.tell():
            return "all images that may be copies were looked at already"
        return "no image shares its head with another one without proof or difference"


@lru_cache(maxsize=1)
def selected(verify: str, blocks: int) -> Selection:
    """Select images of the feeds that ``-a verify=`` names; raises BadInput.

    The result is cached: the check before the crawl and the crawl read feeds once.
    """
    # Most crawls do not verify, so they need neither DuckDB nor NumPy.
    from fpcrawler.duplicates.candidates import load_candidates  # noqa: PLC0415
    from fpcrawler.duplicates.grouping import group_candidates  # noqa: PLC0415
    from fpcrawler.tables.database import database  # noqa: PLC0415

    feeds = verified_feeds(verify)
    try:
        with ExitStack() as stack:
            file = stack.enter_context(TemporaryFile(prefix="fpcrawler-verify-"))
            with database(_MEMORY) as connection:
                skipped = load_candidates(connection, feeds)
                group_candidates(connection)
                connection.execute(_UNPROVEN)
                file.writelines(_lines(connection, feeds))
            stack.pop_all()  # the crawl reads the file
            return Selection(file, blocks, skipped)
    except (OSError, MemoryError) as error:
        raise BadInput(
            f"verify={verify} cannot be read ({error}); free space in TMPDIR."
        ) from error


def _lines(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile]
) -> Iterator[bytes]:
    from fpcrawler.tables.database import fetched  # noqa: PLC0415 - as above
    from fpcrawler.tables.latest import reading_latest  # noqa: PLC0415 - as above

    with reading_latest(connection, feeds, RECORD_FIELDS) as source:
        rows = connection.execute(_READ.format(source=source))
        group, lower = None, tuple[int, ...]()
        for feed, key, shortest, length, is_seen, *texts in fetched(rows):
            if str(texts[_TOR]).lower() not in BOOLEANS:
                raise BadInput(_without_route(feeds[feed], texts[_URL], texts[_TOR]))
            if key != group:
                group, lower = key, ()
            lengths = () if length is None else with_shorter(length, lower)
            lower = lengths or lower
            yield json.dumps([lengths, shortest, is_seen, texts]).encode() + b"\n"


def _is_reached(goal: Goal, *, is_seen: bool) -> bool:
    """Return whether an earlier look has seen all that this one would.

    ``is_seen``: all images of the group were looked at, so no end of a length is new.
    The ends of several lengths leave fewer ranges to the blocks.
    """
    record, ends = goal.record, 1
    if goal.shortest is None:
        return False
    if record.evidence.get("is_upper_bound"):
        if not is_seen:
            return False
        ends = max(len(goal.lengths), 1)
    elif record.end_sha256 is None:
        return False
    wanted = block_offsets(goal.shortest, goal.blocks)[: MAX_RANGES - ends]
    return bool(wanted) and {str(at) for at in wanted} <= record.blocks_sha256.keys()


def _without_route(feed: FeedFile, url: str, tor: str | None) -> str:
    what = "without tor" if tor is None else f"whose tor is {tor!r}"
    return (
        f"{feed_name(feed)} has a record {what}, so the route to {url} is not "
        "known; crawl the image again with this version, and verify that feed."
    )


_URL, _TOR = (RECORD_FIELDS.index(name) for name in ("url", "tor"))

# Images of one head are looked at in the same places. Without a hash of the picture,
# the head is that of the file. Where all ends are known and no two images are likely
# copies, they are known to differ.
_UNPROVEN = """
CREATE TABLE unproven AS
WITH
    undecided AS (
        SELECT number, bool_or(weakest = 'likely') AS is_likely FROM members
        WHERE weakest IN ('likely', 'same-head') GROUP BY number
    ),
    grouped AS (
        SELECT
            url, tor, timestamp, feed, picture_length, is_likely,
            coalesce(picture, sample) AS head,
            bool_or(is_upper_bound) OVER w AS has_upper_bound,
            min(picture_length) OVER w AS shortest,
            bool_and(is_verified OR is_rangeless) OVER w AS is_seen,
            count(*) OVER w AS count
        FROM undecided JOIN candidates USING (number)
        WINDOW w AS (PARTITION BY coalesce(picture, sample))
    )
SELECT * FROM grouped WHERE count > 1 AND (is_likely OR has_upper_bound);
"""

_READ = f"""
SELECT
    unproven.feed, head, shortest, unproven.picture_length, is_seen,
    {", ".join(f"records.{name}" for name in RECORD_FIELDS)}
FROM unproven JOIN {{source}} AS records ON
    records.is_latest
    AND records.url = unproven.url
    AND coalesce(lower(records.tor) = 'true', false) = unproven.tor
ORDER BY head, unproven.picture_length, unproven.url, unproven.tor
"""
