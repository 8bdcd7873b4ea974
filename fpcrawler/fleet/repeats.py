"""Count images that several shards have recorded, in bounded memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.shards import BUCKETS

if TYPE_CHECKING:
    from fpcrawler.fleet.manifest import Result
    from fpcrawler.fleet.places.place import Place

_KEY_BYTES = 16


def count_repeats(place: Place, results: Iterable[Result]) -> int:
    """Return how many records repeat the URL of an earlier record.

    Reads every feed once, and keeps 16 bytes of each record on the disk. A record
    without a URL never counts.
    """
    with scratch("fleet", place.scratch()) as folder:
        with ExitStack() as stack:
            files = [
                stack.enter_context((folder / f"{number:03}").open("wb"))
                for number in range(BUCKETS)
            ]
            for key in _keys(place, results):
                files[key[0]].write(key)
        return sum(_repeats_in(folder / f"{number:03}") for number in range(BUCKETS))


def _keys(place: Place, results: Iterable[Result]) -> Iterator[bytes]:
    for result in results:
        gzipped = BytesIO(place.read(result.feed) or b"")
        with gzip.open(gzipped) as lines:
            for line in lines:
                url = json.loads(line).get("url")
                if url is not None:
                    key = url.encode("utf-8", "surrogatepass")
                    yield blake2b(key, digest_size=_KEY_BYTES).digest()


def _repeats_in(path: Path) -> int:
    data = path.read_bytes()
    keys = range(0, len(data), _KEY_BYTES)
    return len(keys) - len({data[at : at + _KEY_BYTES] for at in keys})
