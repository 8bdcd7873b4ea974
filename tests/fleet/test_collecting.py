"""collected.json, the summary of all results."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from fpcrawler.fleet.collecting import ask_again, collect, ranges, write_collected
from fpcrawler.fleet.ledger import read_ledger
from fpcrawler.fleet.manifest import (
    failed_name,
    feed_name,
    list_name,
)
from fpcrawler.fleet.parking import given_up_name, list_given_up
from fpcrawler.fleet.places.folder import Folder, digest_of
from tests.fleet.test_judging import manifest_of, parked, result


def store(
    place: Folder,
    number: int,
    urls: list[str],
    failed: dict[str, str] | None = None,
    stats: dict[str, int] | None = None,
) -> None:
    lines_of_failed = [
        json.dumps({"url": url, "reason": reason, "page": None})
        for url, reason in (failed or {}).items()
    ]
    failures = gzip.compress("\n".join(lines_of_failed).encode())
    place.write(failed_name(number), failures)
    path = place.root / "feed"
    lines = [json.dumps({"url": url} if url else {}) for url in urls]
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    place.put(feed_name(number), path)
    size, sha256 = path.stat().st_size, digest_of(path)
    made = result(
        number, records=len(urls), size=size, sha256=sha256, stats=stats or {}
    )
    if failed:
        digest = place.sha256(failed_name(number))
        made = replace(made, failed=len(failed), failed_sha256=digest)
    made.save(place)


def test_an_image_of_several_shards_is_counted(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None, None)
    store(place, 0, ["a", "b"], {"d": "Http404", "e": "Http404"})
    store(place, 1, ["b", "c"], {"f": "Http404"})
    store(place, 2, ["b"], stats={"item_dropped_reasons_count/TooSmall": 4})
    totals = write_collected(place, read_ledger(place, manifest))
    written = json.loads(place.read("collected.json") or b"")

    assert totals["records"] == 5
    assert totals["repeated"] == 2
    assert totals["failed"] == {"Http404": 3}
    assert totals["dropped"] == {"TooSmall": 4}
    assert [shard["records"] for shard in written["shards"]] == [2, 2, 1]
    assert {*totals, "shards"} == written.keys()


def test_equal_urls_are_repetitions_also_without_pages(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    store(place, 0, ["http://a.example/?b=2&a=1", "http://a.example/%C3%A9", ""])
    store(place, 1, ["http://a.example/?a=1&b=2", "http://a.example/%C3%A9", ""])

    assert write_collected(place, read_ledger(place, manifest))["repeated"] == 1


def test_what_failed_is_not_complete_until_it_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    store(place, 0, ["a"], {"b": "Http404", "c": "TimeoutError", "d": "Http404"})
    store(place, 1, ["e"])
    place.write("results/00001-1.jsonl.gz", b"of a killed process")
    ledger = read_ledger(place, manifest)
    code = collect(place, ledger, print, without_failed=False)
    said = capsys.readouterr().out

    assert code == 4
    assert "3 failed" in said
    assert "Http404 2, TimeoutError 1; see results/*.failed.jsonl.gz" in said
    assert place.read("collected.json") is None
    assert collect(place, ledger, print, without_failed=True) == 0
    assert "complete: 2 records from 20 URLs; failed: Http404 2, TimeoutError 1" in (
        capsys.readouterr().out
    )
    assert place.stored("results/00001-1.jsonl.gz") is None


def test_urls_of_parked_shards_failed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Folder(tmp_path)
    manifest = replace(manifest_of(None, None, None), rejected=2)
    store(place, 0, ["a"], {"b": "Http404"})
    for number in (1, 2):
        parked(number).save(place)
    known = gzip.compress(b'{"url": "c", "reason": "Http404", "page": null}\n')
    place.write(given_up_name(1), list_given_up(b"c\nd\n", known, "it broke"))
    ledger = read_ledger(place, manifest)
    code = collect(place, ledger, print, without_failed=False)
    said = capsys.readouterr().out

    assert code == 4
    assert "2 parked (20 URLs)" in said
    assert (
        "reasons  it broke 11, Http404 2; see results/*.failed.jsonl.gz, parked/"
        in (said)
    )
    assert "retry    0-2 are" in said
    assert collect(place, ledger, print, without_failed=True) == 0
    accepted = json.loads(place.read("collected.json") or b"")
    assert accepted["failed"] == {"Http404": 2, "it broke": 11}
    assert accepted["skipped"]["invalid line"] == 2
    assert "30 URLs (skipped: 2 invalid lines); failed: it broke 11, Http404 2" in (
        capsys.readouterr().out
    )
    replace(parked(2), refused=True).save(place)
    refused = read_ledger(place, manifest)
    assert collect(place, refused, print, without_failed=True) == 4
    assert "crawl 1 shard again with --retry: the place refused" in (
        capsys.readouterr().out
    )


def test_what_failed_is_asked_for_again_once(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None, None)
    store(place, 0, ["a"], {"b": "Http404", "c": "TimeoutError"})
    store(place, 1, ["d"])
    parked(2).save(place)
    place.write("collected.json", b"{}")
    asked = ask_again(place, read_ledger(place, manifest))

    assert place.stored(list_name("x", 0, 1)) is not None
    assert place.read("collected.json") is None
    assert (asked.left, asked.done) == ([0, 2], [1])
    assert read_ledger(place, manifest) == asked
    assert ask_again(place, asked) == asked


def test_a_list_of_what_failed_that_is_another_makes_no_result(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None)
    store(place, 0, ["a"], {"b": "Http404"})
    place.write(failed_name(0), gzip.compress(b""))

    assert read_ledger(place, manifest).left == [0]


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([4], "4"), ([0, 1, 2, 5, 7, 8], "0-2,5,7-8")]
)
def test_numbers_are_written_as_an_array_of_slurm(
    numbers: list[int], text: str
) -> None:
    assert ranges(numbers) == text
