"""One crawl of one shard, held to its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.fleet.crawling import Attempt, Failed, Interruption, Limits, Outcome
from fpcrawler.fleet.manifest import Manifest, Result
from fpcrawler.fleet.places import Folder
from fpcrawler.fleet.submitting import Submission, submit

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Limits(memory=1_024, seconds=60)
SLOW = {"DOWNLOAD_DELAY": "1"}


@dataclass(frozen=True, slots=True)
class Watched:
    """Says the same at all times."""

    says: Interruption | None = None
    owns: bool = True

    def interruption(self) -> Interruption | None:
        return self.says

    def may_store(self) -> bool:
        return self.owns


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "fpcrawler.settings")
    return Folder(tmp_path / "out")


def attempt(
    place: Folder,
    port: int,
    watch: Watched,
    limits: Limits = LIMITS,
    settings: dict[str, str] | None = None,
) -> Outcome:
    folder = place.root.parent
    urls = [f"http://127.0.0.{n}:{port}/{m}.jpg" for n in (1, 2) for m in range(4)]
    (folder / "urls.txt").write_text("\n".join(urls))
    submission = Submission(
        urls_file=str(folder / "urls.txt"),
        arguments={},
        settings=settings or {},
        shard_urls=10,
    )
    submit(place, submission, print)
    manifest = Manifest.load(place)
    assert manifest is not None
    fields: dict[str, Any] = {"shard": 0, "attempt": 1, "worker": "", "limits": limits}
    made = Attempt(place=place, manifest=manifest, scratch=folder, **fields)
    return made.run(watch)


def test_a_result_and_its_feed_are_at_the_place(place: Folder, port: int) -> None:
    result = attempt(place, port, Watched())

    assert isinstance(result, Result)
    assert result.records == 8
    assert result.sha256 == place.sha256("results/00000.jsonl.gz")
    assert result == Result.parse(place.read("results/00000.json") or b"")


def test_a_shard_of_another_worker_is_not_stored(place: Folder, port: int) -> None:
    assert attempt(place, port, Watched(owns=False)) is Interruption.LOST
    assert place.listing("results") == {}


def test_a_crawl_that_another_worker_does_is_ended(place: Folder, port: int) -> None:
    watched = Watched(says=Interruption.LOST)

    assert attempt(place, port, watched, settings=SLOW) is Interruption.LOST


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (
            Limits(memory=1_024, seconds=1),
            "it took longer than FLEET_SHARD_TIMEOUT seconds",
        ),
        (
            Limits(memory=90, seconds=60),
            "it took more memory than FLEET_SHARD_MEMORY MB",
        ),
    ],
)
def test_a_crawl_is_held_to_its_limits(
    limits: Limits, reason: str, place: Folder, port: int
) -> None:
    failed = attempt(place, port, Watched(), limits, SLOW)

    assert isinstance(failed, Failed)
    assert failed.reason == reason
    assert place.listing("results") == {}


def test_a_list_that_was_changed_is_not_crawled(place: Folder, port: int) -> None:
    attempt(place, port, Watched(says=Interruption.LOST))
    place.write("shards/00000.txt", b"http://127.0.0.1/other.jpg\n")
    failed = attempt(place, port, Watched())

    assert failed == Failed(
        reason="shards/00000.txt is not the list that was submitted", log=""
    )
