"""LOCAL_DIGESTS: what local files add to a record."""

from __future__ import annotations

from hashlib import md5, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tests.pipelines.test_pipelines import PHOTO

if TYPE_CHECKING:
    from tests.crawls import Crawl


def test_a_local_file_gets_the_digests_that_lists_of_files_have(
    crawl: Crawl, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    album.mkdir()
    (album / "a.jpg").write_bytes(PHOTO)
    digest = md5(PHOTO, usedforsecurity=False).hexdigest()
    (tmp_path / "known.txt").write_text(f"{digest}  other.jpg\n")
    settings = {"LOCAL_DIGESTS": "md5, sha256", "KNOWN_LISTS": "known.txt"}
    crawled = crawl("-a", "folder=album", settings=settings)
    (record,) = crawled.records

    assert record["file_digests"] == {
        "md5": digest,
        "sha1": None,
        "sha256": sha256(PHOTO).hexdigest(),
    }
    assert record["bytes_downloaded"] < len(PHOTO)
    assert [match["kind"] for match in record["matches"]] == ["md5"]
    assert "digests 1 file read whole" in crawled.summary
