"""Measure a known list in SQLite, such as NSRL's RDS 3.

``python -m benchmarks.nsrl [ROWS [IMAGES]]`` writes a table FILE of ROWS rows (by
default 20 million) with random digests, and the index that RDS 3 has, which begins
with ``sha256``. It prints what a crawl needs to start with it, as ``benchmarks.known``
does, and then the time of ``scrapy match`` for a feed of IMAGES records (by default
10,000) by the index, and by one scan for MD5 without an index.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from hashlib import md5, sha256
from pathlib import Path

from benchmarks.known import FEED, print_load, print_match, write

ROWS, IMAGES = 20_000_000, 10_000
_TABLE = """
    CREATE TABLE FILE (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, crc32 VARCHAR,
        file_name VARCHAR, file_size INTEGER, package_id INTEGER);
    CREATE TABLE PKG (package_id INTEGER, name VARCHAR);
"""
_ROWS = """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?)
    INSERT INTO FILE SELECT hex(randomblob(32)), hex(randomblob(20)),
        hex(randomblob(16)), hex(randomblob(4)), 'IMG_' || n || '.jpg', n, n % 1000
    FROM number
"""
_BY_MD5 = FEED.replace("'sha256': sha256(", "'md5': md5(")


def main(rows: int, images: int) -> None:
    """Print a line for the start of a crawl, one for each feed."""
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder, "nsrl.db")
        _write_database(known, rows)
        print_load(known, rows)
        for name, query in (("sha256", FEED), ("md5", _BY_MD5)):
            feed = write(Path(folder, f"{name}.jsonl"), query, images)
            print(f"by {name}: ", end="", flush=True)
            print_match(feed, known)


def _write_database(path: Path, rows: int) -> None:
    """Write the table; its last row has the digests of the first image of the feeds."""
    text = b"0"
    digests = (sha256(text), md5(text, usedforsecurity=False))
    of_sha256, of_md5 = (digest.hexdigest().upper() for digest in digests)
    with sqlite3.connect(path) as database:
        database.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")
        database.execute(_ROWS, [rows - 1])
        last = (of_sha256, "", of_md5, "", "known.jpg", 30_000, 1)
        database.execute("INSERT INTO FILE VALUES (?, ?, ?, ?, ?, ?, ?)", last)
        database.execute("CREATE INDEX own ON FILE (sha256, sha1, md5)")
    database.close()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(ROWS, IMAGES)[len(given) :])
