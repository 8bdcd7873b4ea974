"""Search for records of which the groups are wrong, at random.

``python -m tests.duplicates.search [COUNT] [SEED]`` groups COUNT lists of records for
each of three sets of facts, by default 100,000. It prints the first list that breaks
a fact as JSON, without the records that it does not need, and exits with 1.
"""

from __future__ import annotations

import json
import sys
from random import Random
from typing import TYPE_CHECKING

from tests.duplicates.facts import FACTS, Facts, broken

if TYPE_CHECKING:
    from tests.duplicates.worlds import Record

CHUNK = 1_000


def reduced(facts: Facts, fact: str, records: list[Record]) -> list[Record]:
    """Return as few of the records as break the fact."""
    for number in range(len(records)):
        fewer = records[:number] + records[number + 1 :]
        if len(fewer) > 1 and fact in dict(broken(facts, [fewer])):
            return reduced(facts, fact, fewer)
    return records


def main() -> None:
    """Search in chunks, each with its own seed."""
    count, seed = (*map(int, sys.argv[1:]), *(100_000, 1)[len(sys.argv) - 1 :])
    for name, facts in FACTS.items():
        for first in range(0, count, CHUNK):
            drawn = Random(seed + first)
            size = min(CHUNK, count - first)
            for fact, records in broken(
                facts, [facts.draw(drawn) for _ in range(size)]
            ):
                print(json.dumps(reduced(facts, fact, records), indent=1))
                sys.exit(f"does not hold for these records: {fact}")
        print(f"{count:,} lists, {name}: all facts hold", flush=True)


if __name__ == "__main__":
    main()
