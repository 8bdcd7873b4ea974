"""collected.json, the summary of all results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from fpcrawler.fleet.collecting import ask_again, collect, ranges, write_collected
from fpcrawler.fleet.failures import Failure
from fpcrawler.fleet.ledger import read_ledger
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.status import Status
from tests.fleet.outcomes import manifest_of, parked, stored

if TYPE_CHECKING:
    from pathlib import Path

    from fpcrawler.fleet.ledger import Ledger

MISSING = Failure(url="b", reason="Http404")
LATE = Failure(url="c", reason="TimeoutError")


def ended(ledger: Ledger) -> Status:
    """Return the status of a fleet of which nothing runs."""
    return Status(place="here", ledger=ledger, running=[])


def test_an_image_of_several_shards_is_counted(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None, None)
    stored(place, 0, ["a", "b"], [MISSING, LATE], dropped={})
    stored(place, 1, ["b", "c"], [MISSING], dropped={})
    stored(place, 2, ["b"], dropped={"TooSmall": 4})
    totals = write_collected(place, read_ledger(place, manifest))
    written = json.loads(place.read("collected.json") or b"")

    assert totals["records"] == 5
    assert totals["repeated"] == 2
    assert totals["failed"] == {"Http404": 2, "TimeoutError": 1}
    assert totals["dropped"] == {"TooSmall": 4}
    assert [shard["records"] for shard in written["shards"]] == [2, 2, 1]
    assert {*totals, "shards"} == written.keys()


def test_equal_urls_are_repetitions_also_without_pages(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    stored(place, 0, ["http://a.example/?b=2&a=1", "http://a.example/%C3%A9", ""])
    stored(place, 1, ["http://a.example/?a=1&b=2", "http://a.example/%C3%A9", ""])

    assert write_collected(place, read_ledger(place, manifest))["repeated"] == 1


def test_what_failed_is_not_complete_until_it_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    stored(place, 0, ["a"], [MISSING, LATE])
    stored(place, 1, ["e"])
    place.write("results/00001-1.jsonl.gz", b"of a killed process")
    ledger = read_ledger(place, manifest)
    code = collect(place, ended(ledger), print, without_failed=False)
    said = capsys.readouterr().out

    assert code == 4
    assert "2 failed" in said
    assert "Http404 1, TimeoutError 1; see results/*.failed.jsonl.gz" in said
    assert place.read("collected.json") is None
    assert collect(place, ended(ledger), print, without_failed=True) == 0
    assert "complete: 2 records from 20 URLs; failed: Http404 1, TimeoutError 1" in (
        capsys.readouterr().out
    )
    assert place.size("results/00001-1.jsonl.gz") is None


def test_urls_of_parked_shards_failed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Folder(tmp_path)
    manifest = replace(manifest_of(None, None, None), rejected=2)
    stored(place, 0, ["a"], [MISSING])
    parked(1, failed={"Http404": 1, "it broke": 9}).save(place)
    stored(place, 2, ["b"], [LATE], parked="it broke", dropped={})
    ledger = read_ledger(place, manifest)
    code = collect(place, ended(ledger), print, without_failed=False)
    said = capsys.readouterr().out

    assert code == 4
    assert "2 parked (11 URLs)" in said
    assert "reasons  it broke 9, Http404 2, TimeoutError 1; see results/" in said
    assert "retry    0-2 are" in said
    assert collect(place, ended(ledger), print, without_failed=True) == 0
    accepted = json.loads(place.read("collected.json") or b"")
    assert accepted["failed"] == {"Http404": 2, "it broke": 9, "TimeoutError": 1}
    assert [shard["urls"] for shard in accepted["parked"]] == [10, 1]
    assert accepted["skipped"]["invalid line"] == 2
    assert "30 URLs (skipped: 2 invalid lines); failed: it broke 9, Http404 2, T" in (
        capsys.readouterr().out
    )
    parked(2, refused=True).save(place)
    refused = read_ledger(place, manifest)
    assert collect(place, ended(refused), print, without_failed=True) == 4
    assert "crawl 1 shard again with --retry: the place refused" in (
        capsys.readouterr().out
    )


def test_lists_of_what_failed_are_named_only_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    for number in range(2):
        parked(number, refused=True).save(place)
    ledger = read_ledger(place, manifest)
    collect(place, ended(ledger), print, without_failed=False)

    assert "reasons  it broke 20 retry " in capsys.readouterr().out


def test_what_failed_is_asked_for_again_once(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None, None)
    stored(place, 0, ["a"], [MISSING, LATE])
    stored(place, 1, ["d"])
    parked(2, refused=True).save(place)
    place.write("collected.json", b"{}")
    asked = ask_again(place, read_ledger(place, manifest))

    assert place.read("collected.json") is None
    assert (asked.left, asked.done, asked.parked) == ([0, 2], [1], {})
    assert read_ledger(place, manifest) == asked
    assert ask_again(place, asked) == asked


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([4], "4"), ([0, 1, 2, 5, 7, 8], "0-2,5,7-8")]
)
def test_numbers_are_written_as_an_array_of_slurm(
    numbers: list[int], text: str
) -> None:
    assert ranges(numbers) == text
