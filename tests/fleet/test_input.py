"""Bad input ends in a one-line message, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.places.opening import place_of
from tests.fleet.outcomes import outcome, parked
from tests.servers.s3 import refusing_writes

if TYPE_CHECKING:
    from tests.servers.fleet import FleetHere

REDIS = ["--redis", "redis://127.0.0.1:1/0"]  # where nothing listens
SUBMIT = ["submit", "urls.txt", "--to", "out"]
LAUNCH = 'PLAYWRIGHT_LAUNCH_OPTIONS={"executable_path": "absent"}'
RUN = ["run", "urls.txt", "--to", "out"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "are required: ACTION; see scrapy fleet -h."),
        (["sbmit"], "invalid choice: 'sbmit' (choose from "),
        (["submit"], "are required: LIST, --to; see scrapy fleet submit -h."),
        (["submit", "a", "b", "--to", "out"], "unknown argument b; see scrapy fleet"),
        (["work", "urls.txt"], "unknown argument urls.txt; see scrapy fleet work -h."),
        (["submit", "urls.txt"], "are required: --to; see"),
        (["crawl", "--to", "out"], "are required: --chain; see"),
        (
            ["crawl", "--to", "out", "--chain", "first"],
            "--chain: is 'first'; use a num",
        ),
        (["collect", "--retry", "--without-failed"], "accepts it; use one."),
        (["status", "-s", "DOWNLOAD_DELAY=1"], "give it to plan, submit or run"),
        (["work", "--redis", "amqp://localhost"], "not a URL of Redis (amqp://"),
        (["work", "--redis", ""], "--redis: is empty; give it a value or"),
        (["run", "urls.txt", "--to", ""], "--to: is empty"),
        (["work", "--redis", "redis://[::1"], "not a URL of Redis (redis://[::1"),
        (["work", "--redis", "redis://x/?y=z"], "not a URL of Redis (redis://x/"),
        (["run", "urls.txt", "--to", "s3://[x"], "the bucket [x cannot be reached"),
        (["plan", "local.txt", "--to", "out"], "has only local files, which other mac"),
        (["run", "absent.txt", "--to", "out"], "'absent.txt' cannot be read"),
        (["run", "empty.txt", "--to", "out"], "has no URL or path to crawl"),
        (["run", "urls.txt", "--to", "urls.txt"], "is a file; name a folder"),
        (["run", "urls.txt", "--to", "taken"], "collected.json exists without a mani"),
        (["run", "urls.txt", "--to", "ftp://x/y"], "unsupported ftp://; use a folder"),
        ([*RUN, "--local", "0"], "--local: is '0'; use a number from 1 to 1,000;"),
        ([*RUN, "--local", "two"], "--local: is 'two'"),
        (
            [*RUN, "--processes", "2"],
            "unknown option --processes; see scrapy fleet run",
        ),
        (["work", "-a", "depth=1"], "unknown option -a; see scrapy fleet work -h."),
        ([*RUN, "-s", "HTTPCACHE_ENABLED=1"], "HTTPCACHE_ENABLED is '1', and a cache"),
        (["status", "--retry"], "unknown option --retry; see scrapy fleet status"),
        ([*RUN, "-a", "depth"], "-a depth has no value; use -a NAME=VALUE."),
        ([*RUN, "-a", "depth=1", "-a", "depth=2"], "-a depth is given twice, as '1'"),
        ([*RUN, "-a", "depth=deep"], "depth=deep is not a whole number"),
        ([*RUN, "-a", "folder=x"], "-a folder=x does not apply to a fleet"),
        ([*RUN, "-s", "JOBDIR=x"], "-s JOBDIR cannot be changed for a fleet"),
        ([*RUN, "-s", "CLOSESPIDER_ITEMCOUNT=9"], "cannot be changed for a"),
        ([*RUN, "-s", "DOWNLOAD_TIMEOUT=soon"], "DOWNLOAD_TIMEOUT is 'soon'"),
        ([*RUN, "-s", "FLEET_SHARD_URLS=0"], "FLEET_SHARD_URLS is '0'"),
        ([*RUN, "-s", f"FLEET_SHARD_MEMORY={'9' * 30}"], "use 1 to 16777216."),
        ([*RUN, "-s", "FLEET_LEASE=0.01"], "is '0.01'; use 1 to 86400."),
        ([*RUN, "-s", "FLEET_RETRIES=1"], "did you mean FLEET_RETRY_TIMES?"),
        ([*RUN, "-s", "FLEET_X=1"], "-s FLEET_X is not a setting"),
        ([*RUN, "-s", "FEED_EXPORT_ENCODING=utf-16"], "use utf-8"),
        ([*RUN, "-s", "KNOWN_LISTS=absent.csv"], "absent.csv"),
        ([*RUN, "-s", "KNOWN_LISTS=urls.txt,-=bad"], "KNOWN_LISTS names -, which is"),
        ([*RUN, "-s", "TOR_LINKED_CLEARNET=x"], "TOR_LINKED_CLEARNET is 'x'"),
        (
            [*RUN, "-s", "RENDER_PAGES=1", "-s", LAUNCH],
            "RENDER_PAGES needs",
        ),
        (
            [*RUN, "-s", "STATS_CLASS=scrapy.statscollectors.DummyStatsCollector"],
            "-s STATS_CLASS cannot be changed for a",
        ),
        ([*RUN, "-s", "EXTENSIONS={}"], "-s EXTENSIONS cannot be changed for a"),
        ([*RUN, "-s", "ITEM_PIPELINES={}"], "-s ITEM_PIPELINES cannot be changed"),
        ([*RUN, "-s", "MEMUSAGE_ENABLED=0"], "-s MEMUSAGE_ENABLED cannot be chang"),
        ([*RUN, "-s", "FEED_EXPORT_FIELDS=image_size"], "add url, which a fleet needs"),
        ([*RUN, "-s", "nonsense"], "Invalid -s value, use -s NAME=VALUE"),
        (["work", "-s", "DOWNLOAD_DELAY=1"], "-s DOWNLOAD_DELAY has no effect on"),
        ([*RUN, "--lokal", "2"], "unknown option --lokal; see scrapy fleet run -h."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fleet_here: FleetHere,
) -> None:
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    (tmp_path / "empty.txt").write_text("# nothing yet\n")
    (tmp_path / "local.txt").write_text("urls.txt\n")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "collected.json").write_text("{}")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    ended = fleet_here(*arguments)

    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("scrapy fleet: ")
    assert sentence in ended.err
    assert ended.out == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("action", "has", "has_not"),
    [
        (None, {"run ", "collect "}, {"--to"}),
        ("run", {"run LIST --to PLACE [options]", "--local", "-a "}, {"--redis"}),
        ("crawl", {"--to PLACE --chain N [options]", "--retry"}, {"-a ", "LIST"}),
        ("status", {"status [options]", "--json", "--redis"}, {"--retry"}),
    ],
)
def test_help_has_the_options_of_an_action_and_no_others(
    action: str | None,
    has: set[str],
    has_not: set[str],
    fleet_here: FleetHere,
) -> None:
    ended = fleet_here(*([action] if action else []), "-h")
    text = " ".join(ended.out.split())

    assert not ended.code
    assert {each for each in has | has_not if each in text} == has


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*SUBMIT, *REDIS], "Redis does not respond at redis://127.0.0.1"),
        (["work", *REDIS], "Redis does not respond at redis://127.0.0.1"),
        (["status", *REDIS], "Redis does not respond at redis://127.0.0.1"),
        (["collect", *REDIS], "Redis does not respond at redis://127.0.0.1"),
        (["crawl", "--to", "full", "--chain", "0"], "refuses files in results/ ("),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_place_or_redis_that_fails_is_code_4(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fleet_here: FleetHere,
) -> None:
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    monkeypatch.chdir(tmp_path)
    if "full" in arguments:
        fleet_here("plan", "urls.txt", "--to", "full")
        (tmp_path / "full" / "results").symlink_to("absent")
    ended = fleet_here(*arguments)
    last = ended.err.splitlines()[-1]

    assert ended.code == 4
    assert last.startswith("scrapy fleet: ")
    assert sentence in last


@pytest.mark.parametrize(
    ("ended", "code", "said"),
    [
        ("results", 0, "chain 0 is done"),
        ("parked", 4, "given up before: it broke; crawl it again with --retry"),
    ],
)
def test_a_chain_that_has_ended_says_so(
    ended: str,
    code: int,
    said: str,
    tmp_path: Path,
    fleet_here: FleetHere,
) -> None:
    place = Folder(tmp_path / "out")
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    fleet_here("plan", f"{tmp_path}/urls.txt", "--to", place.uri)
    manifest = Manifest.of(place)
    done = outcome(feed=None, size=0) if ended == "results" else parked(0)
    structs.replace(done, fleet=manifest.id, program=manifest.program.sha256).save(
        place
    )
    crawled = fleet_here("crawl", "--to", place.uri, "--chain", "0")

    assert crawled.code == code
    assert said in crawled.err


def test_a_shard_whose_place_refuses_also_a_note_is_left(
    tmp_path: Path,
    s3: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    fleet_here: FleetHere,
) -> None:
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    to = ["--to", f"s3://fleet/{tmp_path.name}"]
    settings = ["-s", "FLEET_RETRY_TIMES=0"]
    with refusing_writes(s3, "/results/00") as env:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        fleet_here("plan", f"{tmp_path}/urls.txt", *to)
        place = place_of(to[1])
        (shard,) = place.sizes("shards")
        place.write(shard, b"not what was submitted: no crawl")
        for _ in range(2):
            ended = fleet_here("crawl", *to, "--chain", "0", *settings)

            assert ended.code == 4
            assert "refused the result in 1 attempt: " in ended.err
            assert "is not parked but left: run the same command again" in ended.err
        assert place.sizes("results") == {}


@pytest.mark.parametrize("action", ["status", "collect"])
def test_a_place_that_is_away_is_not_an_empty_one(
    action: str,
    tmp_path: Path,
    fleet_here: FleetHere,
) -> None:
    ended = fleet_here(action, "--to", str(tmp_path / "mnt"), *REDIS)
    said = f"{tmp_path}/mnt/manifest.json is missing; is the place mounted?"

    assert ended.code == 4
    assert ended.err == f"scrapy fleet: {said}\n"


@pytest.mark.parametrize("options", [REDIS, []])
def test_collect_without_redis_says_what_is_missing(
    options: list[str],
    tmp_path: Path,
    fleet_here: FleetHere,
) -> None:
    (tmp_path / "urls.txt").write_text("http://a.example/1.jpg\n")
    to = ["--to", str(tmp_path / "out")]
    planned = fleet_here("plan", str(tmp_path / "urls.txt"), *to)
    ended = fleet_here("collect", *options, *to)

    assert ended.code == 4
    assert (planned.out, ended.out) == ("1\n", "")
    assert ("nothing enqueued: Redis does not respond" in ended.err) == bool(options)
    assert "0 done, ? running" in ended.err
    assert "chains   0 have shards left" in ended.err
