"""What a verification refuses before it begins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.settings import Settings

from fpcrawler import settings as project
from fpcrawler.core.fingerprint.blocks import block_offsets
from fpcrawler.errors import BadInput
from fpcrawler.feeds.outputs import check_crawl_outputs
from fpcrawler.input.settings import check_settings
from fpcrawler.verify.checks import check_verify, check_verify_in_crawl
from tests.verify.test_selection import record

if TYPE_CHECKING:
    from pathlib import Path


FEW = (
    "VERIFY_BLOCKS is 1, so only images of which head and end are all picture data are "
    "proven; use 2 or more"
)
ALONE = (
    "nothing to verify: no image shares its head with another one without proof or "
    "difference"
)
SEEN = record(
    "1",
    end_sha256="a" * 64,
    blocks_sha256={str(at): "a" * 64 for at in block_offsets(100_000, 4)},
)


def settings(**changes: object) -> Settings:
    found = Settings()
    found.setmodule(project, priority="project")
    found.update(changes, priority="cmdline")
    return found


@pytest.fixture
def feed(tmp_path: Path) -> str:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(record("1")) + "\n")
    return str(path)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("urls", "-a verify= reads images of feeds only, so -a urls= has no meaning"),
        ("depth", "-a verify= reads images of feeds only, so -a depth= has no meaning"),
    ],
)
def test_other_sources_are_refused(feed: str, argument: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        check_verify(settings(), {"verify": feed, argument: "1"})


@pytest.mark.parametrize(
    ("lines", "blocks", "said"),
    [
        ([record("1"), record("2")], 4, []),
        (
            [record("1"), record("2")],
            1,
            [FEW],
        ),
        (
            [record("1"), {}],
            4,
            [
                "{feed}: 1 invalid line skipped",
                ALONE,
            ],
        ),
        (
            [SEEN, {**SEEN, "url": "https://b.example/"}],
            4,
            ["nothing to verify: all images that may be copies were looked at already"],
        ),
    ],
    ids=["goals", "few-blocks", "alone", "looked-at"],
)
def test_what_a_verification_cannot_do_is_said_at_its_start(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lines: list[dict[str, Any]],
    blocks: int,
    said: list[str],
) -> None:
    feed = tmp_path / "a.jsonl"
    feed.write_text("".join(json.dumps(line) + "\n" for line in lines))

    check_verify(settings(VERIFY_BLOCKS=blocks), {"verify": str(feed)})

    assert capsys.readouterr().err.splitlines() == [
        f"scrapy crawl: {sentence.format(feed=feed)}" for sentence in said
    ]


def test_a_picture_is_needed(feed: str) -> None:
    with pytest.raises(BadInput, match="PICTURE_FINGERPRINT is False"):
        check_verify(settings(PICTURE_FINGERPRINT=False), {"verify": feed})


def test_a_missing_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.json does not exist; name a feed"):
        check_verify(settings(), {"verify": str(tmp_path / "none.json")})


@pytest.mark.parametrize("blocks", ["5", "-1", "many"])
def test_the_number_of_blocks_has_bounds(blocks: str) -> None:
    with pytest.raises(BadInput, match=f"VERIFY_BLOCKS is '{blocks}'; use a whole"):
        check_settings(settings(VERIFY_BLOCKS=blocks), [])


def test_the_feed_may_be_appended_to_but_not_replaced(feed: str) -> None:
    feeds = {feed: {"format": "jsonlines", "overwrite": False}}
    check_crawl_outputs(settings(FEEDS=feeds), {"verify": feed})
    feeds[feed]["overwrite"] = True

    with pytest.raises(BadInput, match="is also an input"):
        check_crawl_outputs(settings(FEEDS=feeds), {"verify": feed})


IN_CRAWL = {"VERIFY_IN_CRAWL": True}


@pytest.mark.parametrize("name", ["a-%(time)s.json", "a.jsonl", "file:///tmp/a.csv"])
def test_a_crawl_can_read_its_local_feed(name: str) -> None:
    form = name.rpartition(".")[2]
    feeds = {"s3://bucket/a.json": {"format": "json"}, name: {"format": form}}

    check_verify_in_crawl(settings(FEEDS=feeds, **IN_CRAWL))
    check_verify_in_crawl(settings(**IN_CRAWL))  # the default feed


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("s3://bucket/a.json", {"format": "json"}),
        ("a.jsonl.gz", {"format": "jsonl", "postprocessing": ["gzip"]}),
        ("a.txt", {"format": "jsonl"}),
        ("a-%(batch_id)d.json", {"format": "json", "batch_item_count": 10}),
        ("a.json", {"format": "json", "fields": ["url"]}),
        ("stdout:", {"format": "jsonl"}),
    ],
)
def test_a_feed_that_a_crawl_cannot_read_is_refused(
    name: str, options: dict[str, object]
) -> None:
    with pytest.raises(BadInput, match="VERIFY_IN_CRAWL reads a feed of the crawl"):
        check_verify_in_crawl(settings(FEEDS={name: options}, **IN_CRAWL))
    check_verify_in_crawl(settings(FEEDS={name: options}))


def test_a_crawl_that_proves_needs_pictures() -> None:
    with pytest.raises(BadInput, match="PICTURE_FINGERPRINT is False"):
        check_verify_in_crawl(settings(PICTURE_FINGERPRINT=False, **IN_CRAWL))
