"""``scrapy match`` compares feeds with known lists, in a child process."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.console.known_words import not_compared as not_compared_with
from tests.commands import SCRAPY, environment, run_scrapy
from tests.matches import match as listed
from tests.servers.quirks import GALLERY
from tests.validation import validate
from tests.waiting import wait_until

MD5, SHA1, SHA256 = "10" * 16, "20" * 20, "30" * 32
HEAD, PICTURE = "40" * 32, "50" * 32
SAMPLE = bytes(range(128)).hex()
DIGESTS = {
    "md5": MD5,
    "sha1": SHA1,
    "sha256": SHA256,
    "sha256_first_10240_bytes": HEAD,
    "picture_sha256": PICTURE,
    "random_128_bytes_sample_start": SAMPLE,
}
KNOWN = {
    "url": "https://a.example/known.jpg",
    "page_url": "https://a.example/",
    "image_size": 30_000,
    "exif": {"Image Make": "A"},
    "sha256_first_10240_bytes": HEAD,
    "random_128_bytes_sample_start": SAMPLE,
    "picture_sha256": PICTURE,
    "server_digests": {"md5": MD5, "sha1": SHA1, "sha256": SHA256},
}
OTHER: dict[str, Any] = {
    "url": "https://b.example/other.jpg",
    "page_url": None,
    "image_size": None,
    "exif": {},
    "sha256_first_10240_bytes": "6" * 64,
    "random_128_bytes_sample_start": bytes(range(1, 129)).hex(),
    "picture_sha256": None,
    "server_digests": {"claimed_md5": MD5},
}


def match(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_scrapy("match", *arguments, cwd=folder)


def matched(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    child = match(folder, *arguments, "--json")
    assert child.returncode == 0, child.stderr
    report = json.loads(child.stdout)
    validate("match", report)
    found: list[dict[str, Any]] = report["known"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feed.json").write_text(json.dumps([OTHER, KNOWN]))
    for kind, digest in DIGESTS.items():
        rows = (kind, digest[::-1], digest, digest)
        (tmp_path / f"{kind}.csv").write_text("\n".join(rows))
    return tmp_path


@pytest.mark.parametrize("feed", ["computed.json", "computed.csv"])
def test_an_image_is_found_by_the_digest_that_was_computed_of_its_file(
    folder: Path, feed: str
) -> None:
    computed = {"md5": None, "sha1": None, "sha256": SHA256}
    record = {
        **OTHER,
        "sha256_first_10240_bytes": "7" * 64,
        "random_128_bytes_sample_start": bytes(range(2, 130)).hex(),
        "server_digests": {"sha256": "9" * 64},
        "file_digests": computed,
    }
    (folder / "computed.json").write_text(json.dumps([record]))
    with (folder / "computed.csv").open("w", newline="") as file:
        cells = [json.dumps(v) if isinstance(v, dict) else v for v in record.values()]
        csv.writer(file).writerows([list(record), cells])
    (folder / "wrong.csv").write_text("sha256\n" + "9" * 64)
    found = [listed("sha256.csv", "sha256", row=2)]

    for known in ("sha256.csv", "wrong.csv"):
        images = matched(folder, feed, "--known", known)
        assert [image["matches"] for image in images] == (
            [found] if known == "sha256.csv" else []
        )
    (image,) = matched(folder, "feed.json", "--known", feed)
    assert image["url"] == KNOWN["url"]
    assert [found["row"] for found in image["matches"]] == [1]
    assert image["matches"][0]["name"] == OTHER["url"]


@pytest.mark.parametrize("kind", DIGESTS)
def test_an_image_is_found_by_each_kind(folder: Path, kind: str) -> None:
    assert matched(folder, "feed.json", "--known", f"{kind}.csv") == [
        {
            "url": KNOWN["url"],
            "page_url": "https://a.example/",
            "image_size": 30_000,
            "matches": [listed(f"{kind}.csv", kind, row=2)],
        }
    ]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json"])
def test_feeds_of_any_form_are_looked_up_in_feeds_of_any_form(
    folder: Path, ending: str
) -> None:
    feed, known = folder / f"some{ending}", folder / f"known{ending}.gz"
    write_feed(feed, [OTHER, KNOWN])
    write_feed(known, [KNOWN])

    (image,) = matched(folder, feed.name, "--known", known.name)

    assert image["url"] == KNOWN["url"]
    said = {"row": 1, "name": KNOWN["url"]}
    assert image["matches"] == [
        {**listed(known.name, kind, **said), "size_agrees": True} for kind in DIGESTS
    ]


def write_feed(path: Path, records: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    if ".csv" in path.name:
        cells = [
            [json.dumps(v) if isinstance(v, dict) else v for v in record.values()]
            for record in records
        ]
        csv.writer(text).writerows([list(records[0]), *cells])
    elif ".jsonl" in path.name:
        text.writelines(f"{json.dumps(record)}\n" for record in records)
    else:
        text.write(json.dumps(records, indent=4))
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def test_the_sample_of_a_small_image_is_the_whole_file(folder: Path) -> None:
    small = {**OTHER, "image_size": 10_241, "server_digests": {"sha256": SHA256}}
    large = {**small, "url": "https://a.example/large.jpg", "image_size": 10_242}
    (folder / "feed.json").write_text(json.dumps([small, large]))
    (folder / "list.txt").write_text("6" * 64)

    (image,) = matched(folder, "feed.json", "--known", "list.txt")

    assert image["image_size"] == 10_241
    assert image["matches"] == [listed("list.txt", "sha256", row=1)]


def test_a_sample_of_zeros_matches_nothing(folder: Path) -> None:
    record = {**OTHER, "random_128_bytes_sample_start": "00" * 128}
    (folder / "feed.json").write_text(json.dumps([record]))
    (folder / "list.json").write_text(
        json.dumps([{**KNOWN, "random_128_bytes_sample_start": "00" * 128}])
    )

    assert matched(folder, "feed.json", "--known", "list.json") == []


def test_old_feeds_without_the_newer_fields_are_looked_up(folder: Path) -> None:
    old = {
        key: OTHER[key]
        for key in ("url", "image_size", "random_128_bytes_sample_start")
    }
    old["sha256_first_10240_bytes"] = HEAD
    (folder / "feed.json").write_text(json.dumps([old]))

    (image,) = matched(folder, "feed.json", "--known", "*.csv")

    assert [found["kind"] for found in image["matches"]] == ["sha256_first_10240_bytes"]
    assert image["page_url"] is None


def test_invalid_digests_of_a_feed_match_nothing(folder: Path) -> None:
    broken = {
        "url": "https://a.example/1.jpg",
        "image_size": "large",
        "sha256_first_10240_bytes": "'; DROP TABLE records; --",
        "picture_sha256": 5,
        "random_128_bytes_sample_start": ["a"],
        "server_digests": "{",
    }
    (folder / "feed.json").write_text(json.dumps([broken, KNOWN]))

    (image,) = matched(folder, "feed.json", "--known", "*.csv")

    assert image["url"] == KNOWN["url"]


@pytest.mark.untraced
def test_images_come_in_the_order_of_the_feed_with_all_their_lists(
    folder: Path,
) -> None:
    # DuckDB hands blocks of 122,880 rows to its threads.
    known = f'"sha256_first_10240_bytes": "{HEAD}", "picture_sha256": "{PICTURE}"'
    urls = [f"https://a.example/{n}.jpg" for n in range(130_000)]
    with (folder / "feed.jsonl").open("w") as feed:
        feed.writelines(f'{{"url": "{url}", {known}}}\n' for url in urls)
    lists = ("sha256_first_10240_bytes.csv", "picture_sha256.csv")

    options = ("--known", lists[1], "--known", lists[0], "--json")
    found = json.loads(match(folder, "feed.jsonl", *options).stdout)

    validate("match", {**found, "known": found["known"][:1_000]})
    assert found["images"] == len(urls)
    assert [each["comparable"] for each in found["lists"]] == [len(urls)] * 2
    found = found["known"]
    assert [image["url"] for image in found] == urls
    assert {tuple(m["list"] for m in image["matches"]) for image in found} == {lists}


def test_a_table_for_people(folder: Path) -> None:
    hostile = {**KNOWN, "url": "https://a.example/\x1b[2J.jpg"}
    (folder / "feed.json").write_text(json.dumps([OTHER, hostile]))
    (folder / "md5.csv").write_text(f"md5\nnothing\n{MD5}\n")
    name = "picture_sha256.csv"

    child = match(folder, "feed.json", "--known", "md5.csv=bad", f"{name}=good")

    assert child.stdout.splitlines() == [
        "KIND                           LIST                       ROW  URL",
        "md5                            md5.csv                      2  https://a.example/\\x1b[2J.jpg",
        "  known-bad",
        "picture_sha256                 picture_sha256.csv           2  https://a.example/\\x1b[2J.jpg",
        "  known-good",
        (
            "1 of 2 images on known lists (2 lists with 4 digests), "
            "1 known-bad, 1 known-good"
        ),
    ]
    skipped, *not_compared = child.stderr.splitlines()
    assert skipped == "scrapy match: md5.csv: 1 invalid cells or rows skipped"
    assert not_compared == [
        f"scrapy match: {not_compared_with('md5.csv', 'md5', 1, 2)}",
        f"scrapy match: {not_compared_with(name, 'picture_sha256', 1, 2)}",
    ]
    assert child.returncode == 0


def test_no_match_is_not_a_failure(folder: Path) -> None:
    (folder / "list.txt").write_text("a" * 64)
    child = match(folder, "feed.json", "--known", "list.txt")

    assert child.returncode == 0
    assert child.stdout == "0 of 2 images on known lists (1 list with 1 digest)\n"
    (folder / "feed.json").write_text(json.dumps([OTHER]))
    child = match(folder, "feed.json", "--known", "list.txt", "--json")
    assert json.loads(child.stdout) == {
        "images": 1,
        "lists": [
            {
                "list": "list.txt",
                "kinds": ["sha256"],
                "rows": 1,
                "digests": 1,
                "skipped": 0,
                "comparable": 0,
            }
        ],
        "known": [],
    }
    assert "0 of 1 images have a whole-file digest of its kinds" in child.stderr


def test_lines_that_are_not_records_are_reported(folder: Path) -> None:
    (folder / "feed.jsonl").write_text(f"{json.dumps(KNOWN)}\n{{\n")
    child = match(folder, "feed.jsonl", "--known", "md5.csv", "--json")

    assert child.stderr == "scrapy match: feed.jsonl: 1 invalid line skipped\n"
    assert len(json.loads(child.stdout)["known"]) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "no known list is named; add --known with paths or globs of lists."),
        (["feed.json"], "no known list is named"),
        (["feed.json", "--known"], "argument --known: expected at least one argument"),
        (["--known", "md5.csv"], "no feed is named; name the feeds before --known."),
        (["--known", "md5.csv", "feed.json"], "no feed is named"),
        (["none.json", "--known", "md5.csv"], "none.json does not exist"),
        (["md5.csv", "--known", "md5.csv"], "md5.csv is not a feed"),
        (["feed.json", "--known", "none.csv"], "none.csv does not exist"),
        (["feed.json", "--known", "none*"], "none* matches no file"),
        (["feed.json", "--known", "."], ". is a folder; name the known lists in it"),
        (["feed.json", "--known", "urls.csv"], "has none of the columns md5, sha1"),
        (["feed.json", "--known", "cut.json"], "is not complete JSON"),
        (
            ["feed.json", "--known", "cut.csv.gz"],
            "known list cut.csv.gz cannot be read",
        ),
        (["feed.json", "--known", "md5.csv", "--memory", "all"], "--memory is 'all'"),
        (["feed.json", "--known", "md5.csv", "--colour"], "unknown option --colour"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    (folder / "urls.csv").write_text("url\na\n")
    (folder / "cut.json").write_text('[{"md5": "')
    (folder / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\0")

    child = match(folder, *arguments)

    assert child.returncode == 1
    assert child.stdout == ""
    assert child.stderr.count("\n") == 1
    assert child.stderr.startswith("scrapy match: ")
    assert sentence in child.stderr


@pytest.mark.untraced
@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_the_reader_of_stdout_may_close_it(folder: Path, extra: list[str]) -> None:
    records = [{**KNOWN, "url": f"https://a.example/{n}.jpg"} for n in range(20_000)]
    (folder / "feed.json").write_text(json.dumps(records))
    command = [*SCRAPY, "match", "feed.json", "--known", "md5.csv", *extra]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        stderr = child.stderr.read()

    assert stderr == ""
    assert child.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_3_when_stopped(folder: Path, number: signal.Signals) -> None:
    lines = random.Random(1).randbytes(16 * 3_000_000).hex("\n", 16)
    (folder / "long.csv").write_text(f"md5\n{lines}")
    temporary = folder / "temporary"
    temporary.mkdir()

    def stop(pid: int) -> None:
        # Both the database and the list have a folder of their own.
        wait_until(lambda: len(list(temporary.iterdir())) >= 2)
        time.sleep(0.5)  # a folder that was just made is nobody's for a moment
        os.kill(pid, number)

    command = ("match", "feed.json", "--known", "long.csv")
    env = {"TMPDIR": str(temporary)}
    child = run_scrapy(*command, cwd=folder, env=env, meanwhile=stop)

    assert (child.returncode, child.stdout) == (3, "")
    assert child.stderr == "scrapy match: stopped\n"
    assert list(temporary.iterdir()) == []


@pytest.mark.untraced
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_4_when_stdout_is_closed(folder: Path, options: list[str]) -> None:
    list_of_all = "sha256_first_10240_bytes.csv"
    command = ("match", "feed.json", "--known", list_of_all, *options)
    closing = ("sh", "-c", 'exec "$@" >&-', "sh")
    child = run_scrapy(*command, cwd=folder, prefix=closing)

    assert child.returncode == 4
    assert child.stderr.startswith("scrapy match: stdout is closed; ")
    assert child.stderr.count("\n") == 1


def test_a_picture_is_not_a_feed(folder: Path) -> None:
    (folder / "icon.json").write_bytes((GALLERY / "icon.png").read_bytes())
    child = match(folder, "icon.json", "--known", "md5.csv")

    assert (child.returncode, child.stdout) == (1, "")
    assert "scrapy match: icon.json is not a complete JSON array" in child.stderr
    assert child.stderr.count("\n") == 1


def test_the_help_says_what_feeds_cannot_show(folder: Path) -> None:
    text = " ".join(match(folder, "-h").stdout.split())

    assert (
        "random_128_bytes_sample_start is compared only with the field of that name"
        in text
    )
    assert "--known LIST" in text
