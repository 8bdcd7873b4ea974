"""A list is cut into shards at a place."""

from __future__ import annotations

import gzip
import json
import os
import random
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.fleet.manifest import Manifest, list_name
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.submission import Submission
from fpcrawler.fleet.submitting import submit
from tests.fleet.programs import PROGRAM
from tests.servers.http import Asked, Wire, serving


def submission(urls_file: Path | str, **options: str) -> Submission:
    return Submission(
        urls_file=str(urls_file),
        arguments=options,
        settings={},
        shard_urls=10,
        program=PROGRAM,
    )


@pytest.fixture
def urls_file(tmp_path: Path) -> Path:
    path = tmp_path / "urls.txt"
    lines = [f"http://h{n % 7}.example/{n // 7 % 9}.jpg" for n in range(100)]
    path.write_text("\n".join([*lines, "nonsense", "urls.txt", "# a note"]))
    return path


def test_the_manifest_accounts_for_every_line(tmp_path: Path, urls_file: Path) -> None:
    reported: list[str] = []
    place = Folder(tmp_path / "out")
    submit(place, submission(urls_file), reported.append)
    manifest = Manifest.load(place)
    assert manifest is not None

    assert len(place.sizes("shards")) == len(manifest.shards)
    assert manifest.urls == 63
    assert manifest.duplicates == 100 - 63
    assert manifest.local == 1
    assert manifest.rejected == len(reported) == 1
    assert not list((tmp_path / "out" / ".unfinished").iterdir())


def test_a_line_with_a_password_is_refused_and_stored_nowhere(tmp_path: Path) -> None:
    urls_file, reported = tmp_path / "urls.txt", list[str]()
    urls_file.write_text("https://me:s3cret@a.example/b\nhttps://a.example/c\n")
    place = Folder(tmp_path / "out")

    submit(place, submission(urls_file), reported.append)

    assert "it has a password" in "".join(reported)
    stored = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    data = [path.read_bytes() for path in stored]
    texts = [gzip.decompress(d) if d[:2] == b"\x1f\x8b" else d for d in data]
    assert b"https://a.example/c\n" in texts
    assert b"s3cret" not in b"".join(texts) + "".join(reported).encode()


def test_the_same_list_is_submitted_once(tmp_path: Path, urls_file: Path) -> None:
    place = Folder(tmp_path / "out")

    made, is_new = submit(place, submission(urls_file), print)
    before = place.read("manifest.json")

    assert is_new
    assert submit(place, submission(urls_file), print) == (made, False)
    assert place.read("manifest.json") == before


def test_another_list_is_refused(tmp_path: Path, urls_file: Path) -> None:
    place = Folder(tmp_path / "out")
    submit(place, submission(urls_file), print)
    with urls_file.open("a") as lines:
        lines.write("\nhttp://one.example/more.jpg\n")

    with pytest.raises(BadInput, match="belongs to another list"):
        submit(place, submission(urls_file), print)


def test_of_two_lists_submitted_at_once_one_is_refused_and_the_other_whole(
    tmp_path: Path, urls_file: Path
) -> None:
    place = Folder(tmp_path / "out")
    (tmp_path / "other.txt").write_text("http://other.example/1.jpg\nnonsense\n")
    first = submission(urls_file)

    def submit_meanwhile(_: str) -> None:
        submit(place, first, print)

    with pytest.raises(BadInput, match=r"belongs to another list \(.*urls.txt"):
        submit(place, submission(tmp_path / "other.txt"), submit_meanwhile)
    manifest = Manifest.load(place)
    assert manifest is not None
    lists = [place.read(name) or b"" for name in sorted(place.sizes("shards"))]
    assert [sha256(one).hexdigest() for one in lists] == [
        shard.sha256 for shard in manifest.shards
    ]


@pytest.mark.parametrize(
    ("settings", "number"), [({}, 2), ({"PRIVATE_ADDRESSES": "allow"}, 4)]
)
def test_a_list_from_the_web_lists_no_private_host_but_its_own(
    tmp_path: Path, settings: dict[str, str], number: int
) -> None:
    async def app(_: Asked, wire: Wire) -> None:
        inside = "http://10.0.0.1/a.jpg\nhttp://127.1:9/b.jpg\n"
        await wire.reply("200 OK", {}, f"{inside}{own}\nhttps://a.example/\n".encode())

    with serving(app) as server:
        own = f"{server.url}/d.jpg"
        wanted = submission(f"{server.url}/list.txt")
        reports: list[str] = []
        place = Folder(tmp_path / "out")
        submit(place, replace(wanted, settings=settings), reports.append)

    manifest = Manifest.load(place)
    assert manifest is not None
    assert sum(shard.urls for shard in manifest.shards) == number
    assert sum("leads to the private host" in line for line in reports) == 4 - number


def test_a_manifest_says_where_the_list_comes_from(
    tmp_path: Path, urls_file: Path
) -> None:
    async def app(_: Asked, wire: Wire) -> None:
        await wire.reply("200 OK", {}, listed)

    listed = urls_file.read_bytes()
    with serving(app) as server:
        url = f"{server.url}/list.txt"
        for name, source in (("own", urls_file), ("web", url)):
            submit(Folder(tmp_path / name), submission(source), print)
        with pytest.raises(BadInput, match=f"this list, submitted from {urls_file};"):
            submit(Folder(tmp_path / "own"), submission(url), print)

    manifests = [Manifest.load(Folder(tmp_path / name)) for name in ("own", "web")]
    assert [made and made.list_origin for made in manifests] == ["", server.url]


def test_a_list_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    of, gzipped = random.Random(3), tmp_path / "urls.txt.gz"
    lines = "".join(f"http://h.example/{of.random()}.jpg\n" for _ in range(9_000))
    gzipped.write_bytes(gzip.compress(lines.encode())[:-20_000])
    with pytest.raises(BadInput, match="cannot be read to its end"):
        submit(Folder(tmp_path / "out"), submission(gzipped), print)

    assert [*tmp_path.iterdir()] == [gzipped]


def test_other_arguments_and_settings_are_refused_by_name(
    tmp_path: Path, urls_file: Path
) -> None:
    place = Folder(tmp_path / "out")
    first = replace(submission(urls_file, depth="1"), settings={"A": "1", "B": "2"})
    submit(place, first, print)
    other = replace(first, arguments={}, settings={"B": "3", "A": "1"})

    with pytest.raises(BadInput, match="with another value of -a depth, -s B; name"):
        submit(place, other, print)
    with pytest.raises(BadInput, match="with another value of FLEET_SHARD_URLS; name"):
        submit(place, replace(first, shard_urls=11), print)


def test_another_log_level_makes_no_other_fleet(
    tmp_path: Path, urls_file: Path
) -> None:
    place = Folder(tmp_path / "out")
    submit(place, submission(urls_file), print)
    logging = replace(submission(urls_file), settings={"LOG_LEVEL": "DEBUG"})

    assert not submit(place, logging, print)[1]


def test_a_manifest_of_something_else_is_refused(
    tmp_path: Path, urls_file: Path
) -> None:
    place = Folder(tmp_path)
    place.write("manifest.json", b'{"name": "a web app"}')

    with pytest.raises(BadInput, match="is not a manifest of this version"):
        submit(place, submission(urls_file), print)


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 99},
        {"shards": []},
        {"shards": {}},
        {"shards": [1]},
        {"shards": [{"urls": "x", "sha256": "", "follows": False}]},
        {"shards": [{"urls": 1, "sha256": "", "follows": 0}]},
        {"settings": {"DEPTH_LIMIT": 1}},
        {"id": None},
        {"local": -1},
    ],
    ids=str,
)
def test_a_manifest_of_another_version_or_of_wrong_types_is_refused(
    changed: dict[str, Any], tmp_path: Path, urls_file: Path
) -> None:
    place = Folder(tmp_path)
    submit(place, submission(urls_file), print)
    written = json.loads(place.read("manifest.json") or b"")
    place.write("manifest.json", json.dumps({**written, **changed}).encode())

    with pytest.raises(BadInput, match="is not a manifest of this version"):
        Manifest.load(place)


def test_local_files_have_shards_that_only_this_machine_crawls(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.jpg" for number in range(25)]
    for file in files:
        file.touch()
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(["http://a.example/", *map(str, [*files, files[0]])]))
    wanted = submission(listed)
    place, skipping = Folder(tmp_path / "out"), Folder(tmp_path / "without")
    submit(place, replace(wanted, machine="this"), print)
    submit(skipping, wanted, print)
    manifest, other = Manifest.of(place), Manifest.of(skipping)

    assert [(s.urls, s.machine, s.follows) for s in manifest.shards] == [
        *((1, None, False), (19, "this", False), (6, "this", False))
    ]
    assert (manifest.local, manifest.duplicates, other.local) == (0, 1, 26)
    assert len(other.shards) == 1
    lists = [place.read(list_name(manifest.id, n)) or b"" for n in (1, 2)]
    assert {*b"".join(lists).decode().split()} == {file.as_uri() for file in files}
    assert not submit(place, replace(wanted, machine="this"), print)[1]


def test_a_list_of_local_files_only_is_for_one_machine(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "list.txt").write_text(str(tmp_path / "a.jpg"))

    with pytest.raises(BadInput, match="has only local files, which other machines"):
        submit(Folder(tmp_path / "out"), submission(tmp_path / "list.txt"), print)


def test_a_list_may_have_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    listed = tmp_path / os.fsdecode(b"urls-\xff.txt")
    listed.write_text("http://a.example/")
    place = Folder(tmp_path / "out")
    submit(place, submission(listed), print)

    assert Manifest.of(place).urls_file == f"{tmp_path}/urls-\\udcff.txt"
    with pytest.raises(BadInput, match="which is not UTF-8"):
        submit(place, submission(listed, a=os.fsdecode(b"\xff")), print)
