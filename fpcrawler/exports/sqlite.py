"""Write feeds as a SQLite database: images, tags, copies and pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec.json

from fpcrawler.exports.columns import COLUMNS, tags_of
from fpcrawler.exports.redaction.secrets import Secrets

if TYPE_CHECKING:
    from pathlib import Path

    from fpcrawler.exports.columns import Column
    from fpcrawler.exports.sharing import Shared
    from fpcrawler.exports.sqlite_copies import CopyGroup

SIGNATURE = b"SQLite format 3\0"
APPLICATION_ID = 0x66706372  # "fpcr"
"""How ``file`` and the next export recognise the database, at offset 68."""

_TYPES = {"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "DOUBLE": "REAL"}


class Pair(NamedTuple):
    """A page that names an image."""

    page: str
    url: str
    found_in: str | None
    alt: str | None


class Database:
    """The database that is being written.

    ``origins`` is a temporary table: which image is the record of a feed and a URL,
    as they were before anything was redacted, and what was redacted of it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add_images(self, rows: Iterable[Shared]) -> int:
        """Write records and their tags; return how many records there are."""
        number = 0
        for number, row in enumerate(rows, start=1):
            values = (column.value_in(row.record) for column in COLUMNS)
            self._connection.execute(_INSERT_IMAGE, [number, *values])
            self._connection.executemany(
                "INSERT INTO tags (image_id, field, name, value) VALUES (?, ?, ?, ?)",
                ((number, *tag) for tag in tags_of(row.record)),
            )
            secrets = msgspec.json.encode(row.secrets)
            self._connection.execute(
                "INSERT INTO origins VALUES (?, ?, ?, ?)",
                [row.url, row.feed, number, secrets],
            )
        return number

    def add_first_pages(self) -> None:
        """Write for each image the page that its record names."""
        self._connection.execute(_FIRST_PAGES)
        self._connection.execute(_FIRST_PAIRS)

    def add_pairs(self, pairs: Iterable[Pair]) -> None:
        """Write pairs of a page and an image, redacted as the image is."""
        for pair in pairs:
            found = self._connection.execute(_FIND_IMAGE, [pair.url]).fetchone()
            image, url, stored = found or (None, pair.url, b"{}")
            secrets = msgspec.json.decode(stored, type=Secrets)
            page = secrets.scrub(pair.page)
            alt = None if pair.alt is None else secrets.scrub(pair.alt)
            self._connection.execute(_INSERT_PAGE, [page])
            self._connection.execute(
                _INSERT_PAIR, [image, url, pair.found_in, alt, page]
            )

    def add_copies(self, groups: Iterable[CopyGroup]) -> None:
        """Write groups of copies, and which images are in them."""
        for group in groups:
            values = [group.verdict, group.count, group.bytes, group.compared]
            self._connection.execute(_INSERT_GROUP, [group.number, *values])
            self._connection.executemany(
                _INSERT_COPY,
                ((group.number, url, feed) for feed, url in group.images),
            )


@contextmanager
def new_database(path: Path) -> Iterator[Database]:
    """Create the tables; add what searches them after the body.

    A partial file that a killed export left is replaced. Raises OSError if the file
    cannot be written.
    """
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            yield Database(connection)
            connection.execute("COMMIT")
            connection.executescript(_INDEXES)
    except sqlite3.OperationalError as error:
        raise OSError(f"the database cannot be written: {error}") from error


def _declared(column: Column) -> str:
    return f'"{column.name}" {_TYPES.get(column.kind, "TEXT")}'


# The file is complete before it gets its name, so a journal would only cost time, and
# would stay beside it after a kill.
_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    {", ".join(map(_declared, COLUMNS))}
);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES images (id),
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT
);
CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE);
CREATE TABLE page_images (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES pages (id),
    image_id INTEGER REFERENCES images (id),
    url TEXT NOT NULL,
    found_in TEXT,
    alt TEXT
);
CREATE TABLE copy_groups (
    id INTEGER PRIMARY KEY,
    verdict TEXT NOT NULL,
    images INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    compared TEXT NOT NULL
);
CREATE TABLE copies (
    group_id INTEGER NOT NULL REFERENCES copy_groups (id),
    image_id INTEGER NOT NULL REFERENCES images (id),
    PRIMARY KEY (group_id, image_id)
);
CREATE VIEW places AS
    SELECT id AS image_id, url, location_latitude AS latitude,
        location_longitude AS longitude, taken_local, device_make, device_model
    FROM images WHERE location_latitude IS NOT NULL;
CREATE TEMP TABLE origins (
    url TEXT, feed INTEGER, image_id INTEGER, secrets BLOB,
    PRIMARY KEY (url, feed, image_id)
) WITHOUT ROWID;
"""

# Faster here than while the tables grow.
_INDEXES = """
CREATE INDEX images_url ON images (url);
CREATE INDEX images_picture_sha256 ON images (picture_sha256);
CREATE INDEX images_device_serial ON images (device_serial);
CREATE INDEX tags_image_id ON tags (image_id);
CREATE INDEX tags_name ON tags (name, value);
CREATE INDEX page_images_page_id ON page_images (page_id);
CREATE INDEX page_images_image_id ON page_images (image_id);
CREATE INDEX copies_image_id ON copies (image_id);
ANALYZE;
"""

_NAMES = ", ".join(f'"{column.name}"' for column in COLUMNS)
_INSERT_IMAGE = f"INSERT INTO images (id, {_NAMES}) VALUES (?{', ?' * len(COLUMNS)})"
_FIRST_PAGES = """
INSERT INTO pages (url)
SELECT DISTINCT page_url FROM images WHERE page_url IS NOT NULL
"""
_FIRST_PAIRS = """
INSERT INTO page_images (page_id, image_id, url, found_in, alt)
SELECT pages.id, images.id, images.url, images.found_in, images.alt
FROM images JOIN pages ON pages.url = images.page_url ORDER BY images.id
"""
_INSERT_PAGE = "INSERT OR IGNORE INTO pages (url) VALUES (?)"

# Of several records of one URL the latest is the image, as for verdicts.
_LATEST = "ORDER BY timestamp DESC NULLS LAST, id DESC LIMIT 1"
_FIND_IMAGE = f"""
SELECT id, images.url, secrets FROM origins JOIN images ON images.id = image_id
WHERE origins.url = ? {_LATEST}
"""
_INSERT_PAIR = """
INSERT INTO page_images (image_id, url, found_in, alt, page_id)
SELECT ?, ?, ?, ?, id FROM pages WHERE url = ?
"""
_INSERT_GROUP = """
INSERT INTO copy_groups (id, verdict, images, bytes, compared) VALUES (?, ?, ?, ?, ?)
"""
_INSERT_COPY = f"""
INSERT INTO copies (group_id, image_id)
SELECT ?, (
    SELECT id FROM origins JOIN images ON images.id = image_id
    WHERE origins.url = ? AND feed = ? {_LATEST}
)
"""
