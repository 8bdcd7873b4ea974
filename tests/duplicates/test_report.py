from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import SCRAPY, environment, run_scrapy
from tests.duplicates.worlds import RICH
from tests.validation import validate

SUMMED = {**RICH, "ends_in_checksum": True}
IN_STRIPS = (
    "the picture is not compressed or in strips, so what was compared says nothing "
    "about the rest"
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def record(
    url: str, head: str, picture: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return a record of 300,000 bytes; ``head`` and ``picture`` name the hashes."""
    return {
        "url": url,
        "image_size": 300_000,
        "timestamp": "2026-11-01T12:00:00",
        "exif": {},
        "sha256_first_10240_bytes": head * 64,
        "page_url": None,
        "format": "png",
        "width": 1_600,
        "height": 1_200,
        "picture_sha256": picture and picture * 64,
        "picture_length": 290_000 if picture else None,
        "end_sha256": picture and (picture + "e") * 32,
        "evidence": SUMMED,
        "server_digests": {},
        "file_digests": {"md5": None, "sha1": None, "sha256": None},
        **more,
    }


A1 = record("https://a.example/1.png", "1", "a")
B1 = record("https://b.example/1.png", "1", "a")
A2 = record("https://a.example/2.png", "2", "b", server_digests={"md5": "d" * 32})
B2 = record("https://b.example/2.png", "2", server_digests={"md5": "d" * 32})
A3 = record("https://a.example/3.png", "3", "c")
A3_RETAGGED = record("https://a.example/3-new.png", "4", "c", image_size=299_000)
A4, B4 = (
    record(f"https://{host}.example/4.png", "5", "d", format="jpeg", evidence=RICH)
    for host in "ab"
)
A5 = record("https://a.example/5.png", "6", "e")
B5 = record("https://b.example/5.png", "6", "f")
ALONE = record("https://c.example/6.png", "7", "0")
ALL = [A1, B1, A2, B2, A3, A3_RETAGGED, A4, B4, A5, B5, ALONE]


@pytest.fixture
def duplicates(tmp_path: Path) -> Run:
    """Run ``scrapy duplicates ARGUMENT…`` in a folder of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = run_scrapy("duplicates", *arguments, cwd=tmp_path)
        if "--json" in arguments and not done.returncode:
            validate("duplicates", json.loads(done.stdout))
        return done

    return run


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def urls(group: dict[str, Any]) -> list[str]:
    return [image["url"] for image in group["images"]]


def test_each_verdict_has_its_groups_the_strongest_first(
    tmp_path: Path, duplicates: Run
) -> None:
    write(tmp_path / "feed.jsonl", *ALL)

    done = duplicates("feed.jsonl", "--json")

    groups = json.loads(done.stdout)
    assert done.returncode == 0
    assert not done.stderr
    assert [(group["verdict"], urls(group)) for group in groups] == [
        ("identical", [A2["url"], B2["url"]]),
        ("same-file", [A1["url"], B1["url"]]),
        ("same-picture", [A3_RETAGGED["url"], A3["url"]]),
        ("likely", [A4["url"], B4["url"]]),
        ("same-head", [A5["url"], B5["url"]]),
    ]


def test_json_has_each_image_and_how_much_was_compared(
    tmp_path: Path, duplicates: Run
) -> None:
    write(tmp_path / "one.jsonl", {**A2, "page_url": "https://a.example/ü"})
    write(tmp_path / "two.jsonl", B2)

    (group,) = json.loads(duplicates("*.jsonl", "--json").stdout)

    assert group["evidence"] == {
        "bytes": 300_000,
        "coded": 9_000,
        "deflated": 8_000,
        "share": 1.0,
        "has_ends": False,
        "blocks": 0,
        "digest": "md5",
    }
    assert group["next_step"] == "nothing is left to compare"
    assert group["images"] == [
        {
            "url": A2["url"],
            "page_url": "https://a.example/ü",
            "image_size": 300_000,
            "format": "png",
            "width": 1_600,
            "height": 1_200,
            "timestamp": "2026-11-01T12:00:00",
            "feed": "one.jsonl",
        },
        {
            "url": B2["url"],
            "page_url": None,
            "image_size": 300_000,
            "format": "png",
            "width": 1_600,
            "height": 1_200,
            "timestamp": "2026-11-01T12:00:00",
            "feed": "two.jsonl",
        },
    ]


def test_the_table_has_words_and_totals(tmp_path: Path, duplicates: Run) -> None:
    write(tmp_path / "feed.jsonl", *ALL)

    lines = duplicates("feed.jsonl").stdout.splitlines()

    assert lines[:8] == [
        "identical          2 images  600.0 KB  md5 of the whole file",
        "  (nothing is left to compare)",
        "    https://a.example/2.png",
        "    https://b.example/2.png",
        (
            "same-file          2 images  600.0 KB  "
            "11,265 bytes, the end included; 10,024 coded (3.45%), 8,000 deflated"
        ),
        (
            "  (between head and end only a checksum was compared; "
            "to be sure, compare the whole files)"
        ),
        "    https://a.example/1.png",
        "    https://b.example/1.png",
    ]
    assert lines[-1] == (
        "3 groups of 6 images (1 identical, 1 same-file, 1 same-picture): "
        "3 redundant copies, 899.0 KB; 1 likely; 1 same-head"
    )


def test_between_hosts_shows_shared_groups_and_pairs_of_hosts(
    tmp_path: Path, duplicates: Run
) -> None:
    c1 = {**A1, "url": "https://user@C.example:8080/1.png"}
    local = {**A1, "url": "file:///home/1.png"}
    write(tmp_path / "feed.jsonl", *ALL, c1, local)

    lines = duplicates("feed.jsonl", "--between-hosts").stdout.splitlines()
    groups = json.loads(duplicates("feed.jsonl", "--between-hosts", "--json").stdout)

    assert [line.split() for line in lines[: lines.index("")]] == [
        ["identical", "same-file", "same-picture", "likely", "same-head", "hosts"],
        ["1", "1", "0", "1", "1", "a.example", "b.example"],
        ["0", "1", "0", "0", "0", "(this", "disk)", "a.example"],
        ["0", "1", "0", "0", "0", "(this", "disk)", "b.example"],
        ["0", "1", "0", "0", "0", "(this", "disk)", "c.example:8080"],
        ["0", "1", "0", "0", "0", "a.example", "c.example:8080"],
        ["0", "1", "0", "0", "0", "b.example", "c.example:8080"],
    ]
    assert [group["verdict"] for group in groups] == [
        "identical",
        "same-file",
        "likely",
        "same-head",
    ]


def test_an_image_that_was_crawled_twice_is_one(
    tmp_path: Path, duplicates: Run
) -> None:
    later = {**A1, "timestamp": "2026-11-02T12:00:00", "width": 800}
    write(tmp_path / "one.jsonl", later, A3)
    write(tmp_path / "two.jsonl", A1, B1, A3, A3)

    (group,) = json.loads(duplicates("one.jsonl", "two.jsonl", "--json").stdout)

    assert urls(group) == [A1["url"], B1["url"]]
    assert group["images"][0]["timestamp"] == later["timestamp"]
    assert group["images"][0]["width"] == 800


def test_of_two_versions_of_one_url_the_latest_counts(
    tmp_path: Path, duplicates: Run
) -> None:
    write(tmp_path / "old.jsonl", A1, A3)
    new = {**A3, "url": A1["url"], "timestamp": "2026-11-02T12:00:00"}
    write(tmp_path / "new.jsonl", B1, new)

    groups = json.loads(duplicates("*.jsonl", "--json").stdout)

    assert [urls(group) for group in groups] == [[A1["url"], A3["url"]]]


def test_a_group_has_the_weakest_verdict_that_joins_it(
    tmp_path: Path, duplicates: Run
) -> None:
    retagged = record("https://b.example/3.png", "8", "a", image_size=299_000)
    write(tmp_path / "feed.jsonl", A1, B1, retagged)

    (group,) = json.loads(duplicates("feed.jsonl", "--json").stdout)

    assert (group["verdict"], len(group["images"])) == ("same-picture", 3)
    assert group["evidence"]["bytes"] == 4_096 + 1_024


@pytest.mark.parametrize(
    ("kinds", "digest"), [(["md5", "sha512", "sha1"], "sha512"), (["md5"], "md5")]
)
def test_the_longest_digest_that_all_have_is_named(
    tmp_path: Path, duplicates: Run, kinds: list[str], digest: str
) -> None:
    digits = {"md5": 32, "sha1": 40, "sha512": 128}
    digests = {kind: "D" * digits[kind] for kind in kinds}
    some = [{**image, "server_digests": digests} for image in (A1, B1)]
    write(tmp_path / "feed.jsonl", *some)

    (group,) = json.loads(duplicates("feed.jsonl", "--json").stdout)

    assert group["evidence"]["digest"] == digest


def test_a_chain_of_digests_is_named_as_such(tmp_path: Path, duplicates: Run) -> None:
    a = record("https://a.example/", "1", server_digests={"md5": "d" * 32})
    b = record(
        "https://b.example/", "1", server_digests={"md5": "d" * 32, "sha1": "e" * 40}
    )
    c = record("https://c.example/", "1", server_digests={"sha1": "e" * 40})
    write(tmp_path / "feed.jsonl", a, b, c)

    lines = duplicates("feed.jsonl").stdout.splitlines()

    assert lines[0].split("  ")[-1] == "sha1+md5 of the whole file"


def test_each_group_says_what_to_do_next_in_both_outputs(
    tmp_path: Path, duplicates: Run
) -> None:
    unread = [{**image, "end_sha256": None} for image in (A1, B1)]
    likely = record("https://a.example/7.png", "8", "9", format="jpeg", evidence=RICH)
    small = record("https://a.example/8.png", "9", "8", picture_length=4_096)
    seen = {"blocks_sha256": {"8000": "a" * 64, "90000": "b" * 64}}
    doubts: list[dict[str, Any]] = [
        {"evidence": {**RICH, "is_divided": True}},
        {"has_ranges": False},
        {**seen, "evidence": {**RICH, "is_upper_bound": True}, "end_sha256": None},
        {**seen, "evidence": {**RICH, "blocks_deflated": 100}},
        {"requests": {"sample": 1, "proof": 1}},
        {"blocks_sha256": {"8000": "a" * 64}},
        {**seen, "evidence": {**RICH, "blocks_deflated": 2_000}},
    ]
    doubted = [
        record(f"https://{host}.example/{n}", n, n, **{"evidence": RICH, **doubt})
        for n, doubt in zip("abcd347", doubts, strict=True)
        for host in "ab"
    ]
    write(
        tmp_path / "feed.jsonl",
        *(*unread, A2, B2, A5, B5),
        *(likely, {**likely, "url": "https://b.example/7.png"}),
        *(small, {**small, "url": "https://b.example/8.png", "image_size": 1}),
        *doubted,
    )

    groups = json.loads(duplicates("feed.jsonl", "--json").stdout)
    lines = duplicates("feed.jsonl").stdout.splitlines()
    steps = [
        re.split(r"; |, so only|, so they", group["next_step"])[0] for group in groups
    ]

    assert sorted(zip((g["verdict"] for g in groups), steps, strict=True)) == [
        ("identical", "nothing is left to compare"),
        *2 * [("likely", "fewer than two blocks were compared")],
        ("likely", "not verified yet"),
        ("likely", "the blocks that agree have too little content to prove"),
        ("likely", IN_STRIPS),
        ("likely", "the server of an image returns no ranges"),
        ("likely", "where the picture of an image ends was not found"),
        ("same-file", "between head and end only blocks of 1 KB were compared"),
        ("same-head", "only the start agrees"),
        ("same-picture", "all picture data were compared"),
    ]
    assert [line[3:-1] for line in lines if line.startswith("  (")] == [
        group["next_step"] for group in groups
    ]


def test_a_chain_without_a_common_part_says_so(tmp_path: Path, duplicates: Run) -> None:
    no_picture = {"picture_sha256": None, "picture_length": None, "end_sha256": None}
    middle = {**A1, "end_sha256": None, "url": "https://m.example/"}
    other = record("https://z.example/", "4", "a", image_size=1, end_sha256=None)
    write(tmp_path / "feed.jsonl", {**A1, **no_picture}, middle, other)

    lines = duplicates("feed.jsonl").stdout.splitlines()

    assert lines[0].split("  ")[-1] == "different parts from image to image"


def test_a_file_that_was_read_to_its_end_is_identical_to_its_copy(
    tmp_path: Path, duplicates: Run
) -> None:
    computed = {"file_digests": {"md5": None, "sha1": None, "sha256": "F" * 64}}
    stated = {"server_digests": {"sha256": "f" * 64, "md5": "d" * 32}}
    # A server can state the digest of another file: what was computed wins.
    wrong = {"server_digests": {"sha256": "e" * 64}, **computed}
    images = [
        record(f"https://{host}.example/", "1", **more)
        for host, more in (("a", computed), ("b", stated), ("c", wrong))
    ]
    write(tmp_path / "feed.jsonl", *images)

    (group,) = json.loads(duplicates("feed.jsonl", "--json").stdout)

    assert (group["verdict"], len(group["images"])) == ("identical", 3)
    assert group["evidence"]["digest"] == "sha256"


@pytest.mark.parametrize("option", ["--json", "--between-hosts"])
@pytest.mark.parametrize("records", [[], [ALONE], [A1, A1]])
def test_no_duplicates_are_a_result_too(
    tmp_path: Path, duplicates: Run, option: str, records: list[dict[str, Any]]
) -> None:
    write(tmp_path / "feed.jsonl", *records)

    done = duplicates("feed.jsonl", option)

    assert done.returncode == 0
    if option == "--json":
        assert json.loads(done.stdout) == []
    else:
        assert done.stdout.splitlines()[-1] == "0 groups of 0 images"


def test_a_url_from_the_web_cannot_control_the_terminal(
    tmp_path: Path, duplicates: Run
) -> None:
    url = "https://a.example/\x1b[2J\n\x9b\u202e\u200b☃.png"
    write(tmp_path / "feed.jsonl", {**A1, "url": url}, B1)

    table, text = duplicates("feed.jsonl"), duplicates("feed.jsonl", "--json")

    assert (
        r"    https://a.example/\x1b[2J\n\x9b\u202e\u200b☃.png"
        in table.stdout.splitlines()
    )
    assert url in urls(json.loads(text.stdout)[0])


@pytest.mark.untraced
def test_a_terminal_of_another_charset_gets_escapes_and_a_program_utf8(
    tmp_path: Path,
) -> None:
    url = "https://a.example/☃"
    write(tmp_path / "feed.jsonl", {**A1, "url": url}, B1)
    env = {**environment(), "PYTHONIOENCODING": "latin-1"}

    def run(*options: str) -> bytes:
        command = [*SCRAPY, "duplicates", "feed.jsonl", *options]
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, check=True
        ).stdout

    assert rb"    https://a.example/\u2603" in run().splitlines()
    assert url in urls(json.loads(run("--json").decode())[0])


def test_a_feed_may_have_any_name(tmp_path: Path, duplicates: Run) -> None:
    write(tmp_path / os.fsdecode(b"\xff'?*.jsonl"), A1, B1)

    done = duplicates("*.jsonl", "--json")

    assert json.loads(done.stdout)[0]["images"][0]["feed"] == "\ufffd'?*.jsonl"


def test_an_image_on_many_hosts_makes_no_pairs(tmp_path: Path, duplicates: Run) -> None:
    pixels = ({**A1, "url": f"https://{n}.example/"} for n in range(101))
    write(tmp_path / "feed.jsonl", *pixels, A2, B2)

    lines = duplicates("feed.jsonl", "--between-hosts").stdout.splitlines()

    assert [line.split()[-2:] for line in lines[1:3]] == [
        ["a.example", "b.example"],
        ["100", "hosts)"],
    ]
    assert lines[2] == "(without 1 group on more than 100 hosts)"


def test_impossible_sizes_are_summed(tmp_path: Path, duplicates: Run) -> None:
    huge = {"image_size": 2**63 - 1}
    write(tmp_path / "feed.jsonl", {**A1, **huge}, {**B1, **huge})

    assert "1 redundant copy" in duplicates("feed.jsonl").stdout


def test_invalid_lines_are_reported_and_the_rest_is_grouped(
    tmp_path: Path, duplicates: Run
) -> None:
    path = write(tmp_path / "feed.jsonl", A1, B1)
    path.write_text(path.read_text() + '{"url": "https')

    done = duplicates("feed.jsonl", "--json")

    assert len(json.loads(done.stdout)) == 1
    assert done.stderr == ("scrapy duplicates: feed.jsonl: 1 invalid line skipped\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no feed is named"),
        (["none.json"], "none.json does not exist"),
        (
            ["s3://b/*.json"],
            "s3://b/*.json is not a local path; copy it to this disk first",
        ),
        (["none*.json"], "none*.json matches no file"),
        (["."], ". is a folder"),
        (["feed.jsonl", "--jsn"], "unknown option --jsn"),
        (["feed.jsonl", "--memory", "much"], "--memory is 'much'"),
        (["feed.jsonl", "-s", "nothing"], "Invalid -s value"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(
    tmp_path: Path, duplicates: Run, arguments: list[str], words: str
) -> None:
    write(tmp_path / "feed.jsonl", A1)

    done = duplicates(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scrapy duplicates: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.untraced
def test_a_reader_may_close_the_pipe(tmp_path: Path) -> None:
    write(tmp_path / "feed.jsonl", *({**A1, "url": f"u{n}"} for n in range(50_000)))
    command = [*SCRAPY, "duplicates", "feed.jsonl"]

    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline().startswith(b"same-file")
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 0


def test_after_two_dashes_all_are_feeds(duplicates: Run, tmp_path: Path) -> None:
    write(tmp_path / "feed.jsonl", A1)
    write(tmp_path / "-x.jsonl", B1)

    done = duplicates("feed.jsonl", "--json", "--", "-x.jsonl")

    assert done.returncode == 0, done.stderr
    assert {image["feed"] for image in json.loads(done.stdout)[0]["images"]} == {
        "feed.jsonl",
        "-x.jsonl",
    }


@pytest.mark.untraced
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_exit_code_3_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    # A feed that is a pipe without a writer would not be opened: a large one is read.
    feed = write(
        tmp_path / "feed.jsonl", *({**A1, "url": f"u{n}"} for n in range(20_000))
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [*SCRAPY, "duplicates", "--json", *[feed.name]]

    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**environment(), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.read(1)  # the rest fills the pipe, and the child waits
        child.send_signal(number)
        child.stdout.read()
        assert child.stderr.read() == b"scrapy duplicates: stopped\n"
        assert child.wait(60) == 3
    assert not list(temporary.iterdir())
