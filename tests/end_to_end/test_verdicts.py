"""Verdicts on the records of real crawls."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks import sites
from tests.core.anatomy.test_anatomy import chunk
from tests.core.corpus import CORPUS, files
from tests.core.fingerprint.test_picture_length import CLEAN_END, SPLITS, coded, file_of
from tests.crawls import run_crawl
from tests.servers.files import folder
from tests.servers.http import serving

DOCS = Path(os.environ.get("DOCS", "/nonexistent"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is missing")
def test_of_the_prefix_twins_none_is_called_the_same(tmp_path: Path) -> None:
    paths = files("prefix-twins")
    with serving(folder(CORPUS)) as server:
        urls = [f"{server.url}/{quote(str(p.relative_to(CORPUS)))}" for p in paths]
        (tmp_path / "urls.txt").write_text("\n".join(urls))
        crawled = run_crawl(tmp_path, settings={"MIN_IMAGE_SIZE": 0})
    by_head = defaultdict(set)
    for record in crawled.records:
        by_head[record["sha256_first_10240_bytes"]].add(record["url"].split("/")[-2])
    groups = sites.duplicates(tmp_path / "feed.json")

    # The seed's method merges each group, whole and alone.
    assert len(crawled.records) == len(paths)
    assert {frozenset(names) for names in by_head.values()} == {
        frozenset({path.parent.name}) for path in paths
    }
    assert {group["verdict"] for group in groups} <= {"same-head", "likely"}
    assert {image["url"] for group in groups for image in group["images"]} == {
        record["url"] for record in crawled.records
    }


def test_pngs_whose_end_is_not_found_are_never_the_same_picture(
    tmp_path: Path,
) -> None:
    lengths = SPLITS["unequal"]
    idats, shorter = coded(lengths), coded([*lengths[:-1], lengths[-1] - 3])
    text = chunk(b"tEXt", b"a\0b") + CLEAN_END
    named = {
        "unequal.png": file_of(idats, after=CLEAN_END + b"\n"),
        "shorter.png": file_of(shorter, after=CLEAN_END + b"\n"),
        "cut.png": file_of(idats[:-500], after=b""),
        "equal.png": file_of(coded(SPLITS["equal"])),
        "tagged.png": file_of(coded(SPLITS["equal"]), after=text),
    }
    for name, (data, _) in named.items():
        (tmp_path / name).write_bytes(data)
    with serving(folder(tmp_path)) as server:
        crawled = run_crawl(
            tmp_path, "-a", "urls=" + " ".join(f"{server.url}/{n}" for n in named)
        )
    length = {r["url"].split("/")[-1]: r["picture_length"] for r in crawled.records}
    same = [
        {image["url"].split("/")[-1] for image in group["images"]}
        for group in sites.duplicates(tmp_path / "feed.json")
        if group["verdict"] == "same-picture"
    ]

    coded_bytes = named["equal.png"][1]
    assert length == dict.fromkeys(named) | {
        "equal.png": coded_bytes,
        "tagged.png": coded_bytes,
    }
    assert same == [{"equal.png", "tagged.png"}]


@pytest.mark.untraced
@pytest.mark.skipif(
    not (DOCS / "usr/share/doc/kicad/help/it").is_dir(),
    reason="$DOCS has no documentation of KiCad in four languages",
)
def test_between_four_sites_just_the_pairs_of_identical_files_are_found(
    tmp_path: Path,
) -> None:
    compared = sites.compare(DOCS, tmp_path)

    assert compared.crawled.exit_code == 0
    assert len(compared.files) == 3_946
    assert len(compared.true) > 1_000
    assert compared.found == compared.true
    assert compared.proven < compared.true
    # The end of its coded data is not found: its IDAT chunks differ in length.
    unproven = {
        Path(url).name for pair in compared.true - compared.proven for url in pair
    }
    assert unproven == {"gerbview_main_screen.png"}
