from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from fpcrawler import settings as project
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import check_batches
from fpcrawler.feeds.names import with_format, with_options
from fpcrawler.resume.loading import check_resume
from tests.servers.http import Asked, Wire, serving

ONION = "http://vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"
GZIP = ["scrapy.extensions.postprocessing.GzipPlugin"]


def settings_with(feeds: dict[str, dict[str, Any]], **values: Any) -> Settings:
    settings = Settings()
    settings.setmodule(project, priority="project")
    settings.setdict({"FEEDS": feeds, **values}, priority="cmdline")
    return settings


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/%(batch_id)05d.json",
        "s3://bucket/%(batch_time)s.json.gz",
        "parts/%(started)s-%(batch_id)d.csv",
        "s3://bucket/%(_job)s/%(name)s-%(batch_id)d.jsonl",
    ],
)
def test_batches_have_names_of_their_own(uri: str) -> None:
    settings = settings_with({uri: {}}, FEED_EXPORT_BATCH_ITEM_COUNT=100)

    check_batches(settings, {"_job": "1"})


@pytest.mark.parametrize(
    ("uri", "options", "values", "sentence"),
    [
        (
            "s3://b/a.json",
            {},
            {"FEED_EXPORT_BATCH_ITEM_COUNT": "100"},
            (
                "feed s3://b/a.json has batches of 100 records, each needs its own "
                "file; put %(batch_id)05d into the name."
            ),
        ),
        (
            "a.json",
            {"batch_item_count": 7},
            {},
            (
                "feed a.json has batches of 7 records, each needs its own file; "
                "put %(batch_id)05d into the name."
            ),
        ),
        (
            "a.json",
            {"batch_item_count": -1},
            {},
            "batch_item_count of a.json is -1; use a whole number of 0 or more.",
        ),
        (
            "a.json",
            {},
            {"FEED_EXPORT_BATCH_ITEM_COUNT": "many"},
            "FEED_EXPORT_BATCH_ITEM_COUNT is 'many'; use a whole number of 0 or more.",
        ),
        (
            "s3://b",
            {},
            {},
            "feed s3://b has no bucket or no key; use s3://BUCKET/KEY.json.",
        ),
        (
            "s3://b/a/",
            {},
            {},
            "feed s3://b/a/ has no bucket or no key; use s3://BUCKET/KEY.json.",
        ),
        (
            "%(job)s.json",
            {},
            {},
            (
                "feed %(job)s.json: unknown placeholder job; use %(batch_id)s, "
                "%(batch_time)s, %(name)s, %(started)s, %(time)s."
            ),
        ),
        (
            "s3://b/a.json",
            {},
            {"AWS_ENDPOINT_URL": ONION},
            (
                f"feed s3://b/a.json is on an onion service ({ONION}); "
                "feeds do not go through Tor."
            ),
        ),
    ],
)
def test_a_feed_that_cannot_be_named_is_refused(
    uri: str, options: dict[str, Any], values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check_batches(settings_with({uri: options}, **values), {})

    assert str(refused.value) == sentence


def test_a_folder_of_uploads_that_is_missing_is_refused() -> None:
    missing = settings_with({"s3://b/a.json": {}}, FEED_TEMPDIR="/missing")

    with pytest.raises(BadInput, match=r"^FEED_TEMPDIR is '/missing', which is not"):
        check_batches(missing, {})


def test_an_onion_of_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ONION)

    with pytest.raises(BadInput, match="feeds do not go through Tor"):
        check_batches(settings_with({"s3://b/a.json": {}}), {})


def test_a_check_sends_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refusing(_: Asked, wire: Wire) -> None:
        await wire.reply("403 Forbidden", {}, b"")

    for name in filter(lambda name: name.startswith("AWS_"), os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving(refusing) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        for bucket in ("bucket", "bucket--use1-az4--x-s3", "of-%(name)s"):
            check_batches(settings_with({f"s3://{bucket}/a.json": {}}), {})

        assert server.asked == []


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("s3://b/a.json.gz", "s3://b/a.json.gz:json"),
        ("a.csv.gz", "a.csv.gz:csv"),
        ("a.jsonl.gz:jsonl", "a.jsonl.gz:jsonl"),
        ("a.json", "a.json"),
        ("a.gz", "a.gz"),
        ("-:json", "-:json"),
        ("-", "-:json"),
    ],
)
def test_the_format_of_a_gzipped_feed_is_its_inner_suffix(
    named: str, expected: str
) -> None:
    assert with_format(named) == expected


def test_a_feed_named_gz_is_gzipped_unless_it_has_plugins() -> None:
    own: dict[str, Any] = {"postprocessing": ["a.plugin"]}
    feeds: dict[str, dict[str, Any]] = {
        "a.json.gz": {"format": "json"},
        "b.csv": {},
        "c.csv.gz": own,
    }

    assert with_options(feeds) == {
        "a.json.gz": {"format": "json", "postprocessing": GZIP},
        "b.csv": {},
        "c.csv.gz": own,
    }


def test_stdout_is_not_replaced_so_scrapy_need_not_warn() -> None:
    feeds = {"stdout:": {"overwrite": True}, "a.json": {"overwrite": True}}

    assert with_options(feeds) == {"stdout:": {}, "a.json": {"overwrite": True}}


def test_a_new_feed_need_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text("[]")
    settings = settings_with({"b.json": {}, "new.json": {"overwrite": True}})

    assert check_resume(settings, {}) == ""
    assert check_resume(settings, {"resume": "b.json"}) == ""
    assert check_resume(settings, {"resume": "a.json b.json"}) == "a.json"
    assert check_resume(settings, {"resume": "*.json"}) == "*.json"


def test_a_new_feed_may_have_spaces_in_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_with({"b l.json": {}})

    assert check_resume(settings, {"resume": "b l.json"}) == ""

    (tmp_path / "b l.json").write_text("[]")

    assert check_resume(settings, {"resume": "b l.json"}) == "b l.json"


@pytest.mark.parametrize("resume", ["a.json", "*.json", "./a.json", "b.jsonl a.json"])
def test_a_feed_that_the_crawl_replaces_is_not_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resume: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "b.jsonl").write_text("")

    with pytest.raises(
        BadInput, match=r"resume=.*a\.json would be replaced by this crawl"
    ):
        check_resume(settings_with({"a.json": {"overwrite": True}}), {"resume": resume})
