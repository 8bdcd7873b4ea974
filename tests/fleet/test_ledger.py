"""Which outcomes count, and what they leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from fpcrawler.fleet.failures import Failure
from fpcrawler.fleet.ledger import Ledger, read_ledger, read_outcome
from fpcrawler.fleet.places.folder import Folder
from tests.fleet.outcomes import manifest_of, outcome, parked, stored
from tests.fleet.programs import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

A_FAILURE = [Failure(url="b", reason="Http404")]


def test_of_each_chain_the_next_shard_is_crawled_long_chains_first() -> None:
    outcomes = {1: outcome(1), 2: parked(2), 6: outcome(6)}
    manifest = manifest_of(None, None, 1, 2, 3, None, None)
    ledger = Ledger(manifest=manifest, outcomes=outcomes)

    assert ledger.chains() == [range(3, 5), range(1), range(5, 6)]
    assert ledger.left == [0, 3, 4, 5]


def test_an_outcome_counts_only_with_its_own_files(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(*[None] * 6)
    made = [stored(place, number, ["a"], A_FAILURE) for number in range(4)]
    place.remove(str(made[1].feed))
    place.write(str(made[2].feed), b"another")
    place.remove(str(made[3].failures))
    parked(4).save(place)
    place.write("results/00005.json", b"nothing")
    ledger = read_ledger(place, manifest)

    assert ledger.outcomes == {0: made[0], 4: parked(4)}
    assert (ledger.done, ledger.parked) == ([0], {4: parked(4)})
    assert ledger.left == [1, 2, 3, 5]
    found = [read_outcome(place, manifest, n, place.size) for n in range(6)]
    assert found == [made[0], None, None, None, parked(4), None]


@pytest.mark.parametrize(
    "changed",
    [
        {"stats": None},
        {"records": "x"},
        {"records": -1},
        {"records": True},
        {"ended": None},
        {"ended": float("nan")},
        {"failed": {"Http404": -1}},
        {"shard": 1},
        {"fleet": "another"},
        {"feed": "../feed.jsonl.gz"},
        {"failures": "manifest.json"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_damaged_outcome_or_that_of_another_shard_does_not_count(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    place = Folder(tmp_path)
    made = stored(place, 0, ["a"], A_FAILURE)
    damaged = {**to_builtins(made), **changed}
    place.write("results/00000.json", json.dumps(damaged).encode())

    assert read_ledger(place, manifest_of(None, None)).outcomes == {}


def test_an_outcome_of_another_program_is_told_apart(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    other = replace(PROGRAM, code_sha256="another").sha256
    made = [stored(place, 0, ["a"]), stored(place, 1, ["b"], program=other)]
    ledger = read_ledger(place, manifest)

    assert ledger.outcomes == {0: made[0]}
    assert ledger.others == {1}
    assert ledger.left == [1]


def test_a_shard_that_is_wanted_again_is_left_but_keeps_its_records(
    tmp_path: Path,
) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    stored(place, 0, ["a"])
    stored(place, 1, ["b"], A_FAILURE, again=True)
    ledger = read_ledger(place, manifest)

    assert (ledger.done, ledger.left) == ([0], [1])
    assert (len(ledger.crawled), ledger.failed) == (2, 1)


def test_what_only_redis_could_note_is_parked_unless_it_has_ended() -> None:
    ledger = Ledger(manifest=manifest_of(None, None), outcomes={0: outcome(0)})
    noted = ledger.with_parked({0: parked(0), 1: parked(1, refused=True)})

    assert noted.done == [0]
    assert noted.parked == {1: parked(1, refused=True)}
