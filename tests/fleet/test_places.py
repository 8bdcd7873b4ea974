"""Folders and buckets behave the same."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from botocore.config import Config

from fpcrawler.errors import BadInput
from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.local import alone_at
from fpcrawler.fleet.performing import PlaceRefuses, check_writable
from fpcrawler.fleet.places.bucket import Bucket
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.places.place import Place, PlaceUnavailable
from tests.servers.nginx import free_port
from tests.servers.s3 import client, refusing, refusing_writes


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    s3: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    uri = f"s3://fleet/{tmp_path.name}"
    if request.param == "folder":
        uri = str(tmp_path / "new" / "place")
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    place = place_of(uri)
    place.make()
    return place


def test_what_is_written_can_be_read(place: Place, tmp_path: Path) -> None:
    name = "results/00001.jsonl.gz"
    (tmp_path / "file").write_bytes(b"one")
    for content in (b"a long first one", tmp_path / "file"):
        place.write(name, content)

    assert place.read(name) == b"one"
    assert place.size(name) == 3
    assert place.sizes("results") == {name: 3}
    place.remove(name)
    assert place.sizes("results") == {}


def test_what_is_not_there_is_none(place: Place) -> None:
    assert place.read("a/b.json") is None
    assert place.size("a/b.json") is None
    assert place.sizes("a") == {}
    place.remove("a/b.json")


def test_what_is_created_is_not_replaced(place: Place) -> None:
    assert place.write("manifest.json", b"one", replaces=False)
    assert not place.write("manifest.json", b"two", replaces=False)
    assert place.read("manifest.json") == b"one"


def test_a_folder_that_is_not_there_is_not_made_by_what_is_written(
    tmp_path: Path,
) -> None:
    place = Folder(tmp_path / "unmounted")
    with pytest.raises(FileNotFoundError):
        place.write("results/1", b"")

    assert not place.root.exists()


def test_tidying_leaves_what_another_is_writing(tmp_path: Path) -> None:
    place = Folder(tmp_path / "place")
    place.make()
    with scratch("fleet", place.scratch()) as folder:
        place.tidy()
        assert folder.is_dir()
    place.tidy()

    assert not place.root.exists()


def test_a_lock_holds_whatever_the_path_and_leaves_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, link = Folder(tmp_path / "place"), tmp_path / "link"
    with alone_at(place):
        link.symlink_to(place.root)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        place.write("manifest.json", b"")
        with (
            pytest.raises(BadInput, match="is being crawled by another process"),
            alone_at(Folder(link)),
        ):
            pass
    with alone_at(Folder(link)):
        pass

    assert {*tmp_path.iterdir()} == {place.root, link}
    assert {path.name for path in place.root.iterdir()} == {
        *(".unfinished", "manifest.json")
    }


def test_a_place_is_found_again_by_its_uri(place: Place) -> None:
    place.write("manifest.json", b"{}")

    assert place_of(place.uri).read("manifest.json") == b"{}"


def test_all_after_the_bucket_is_the_prefix(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)

    assert place_of("s3://fleet/a?x=1#y/").uri == "s3://fleet/a?x=1#y"


def test_a_file_that_is_not_whole_has_no_name(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        place.write("results/1", tmp_path / "absent")

    assert not (tmp_path / "results").exists()
    assert list((tmp_path / ".unfinished").iterdir()) == []


def test_a_bucket_that_goes_away_is_reported_as_unavailable(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    place = place_of("s3://fleet")
    monkeypatch.setattr(place, "_bucket", "gone")

    with pytest.raises(PlaceUnavailable, match="NoSuchBucket"):
        place.write("a", b"")


def test_a_store_that_does_not_respond_is_away(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**s3, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")

    with pytest.raises(PlaceUnavailable, match=r"\); check the store and AWS_EN"):
        place_of("s3://fleet/x")


def test_a_store_that_hangs_is_given_up_in_two_minutes(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    place = place_of("s3://fleet")
    assert isinstance(place, Bucket)
    config = place._client.meta.config

    assert config.retries["total_max_attempts"] == 3
    assert 3 * (config.connect_timeout + config.read_timeout) == 120


def test_the_reason_of_a_store_that_is_away_has_no_key(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    away = f"http://127.0.0.1:{free_port()}"
    bucket = Bucket(client({**s3, "AWS_ENDPOINT_URL": away}), "fleet", "x")
    with pytest.raises(PlaceUnavailable) as raised:
        bucket.write("results/00000-7.jsonl.gz", b"")

    assert str(raised.value) == f'Could not connect to the endpoint URL: "{away}"'


def test_a_store_that_does_not_reply_is_away(s3: dict[str, str]) -> None:
    config = Config(read_timeout=0.1, retries={"total_max_attempts": 1})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        bucket = Bucket(client({**s3, "AWS_ENDPOINT_URL": url}, config), "fleet", "")
        with pytest.raises(PlaceUnavailable, match=f'Read timeout on .*"{url}"$'):
            bucket.read("a")


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("ftp://host/x", "unsupported ftp://; use a folder or s3://…."),
        ("s3:///x", "has no bucket; use s3://bucket/prefix."),
        ("{tmp}/file", "is a file; name a folder."),
        ("{tmp}/file/below", "is a file; name a folder."),
    ],
)
def test_what_is_not_a_place_is_refused(
    uri: str,
    sentence: str,
    tmp_path: Path,
    s3: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "file").touch()

    with pytest.raises(BadInput, match=sentence):
        place_of(uri.format(tmp=tmp_path))


@pytest.mark.parametrize(
    ("refuses", "advice"),
    [(False, "create the bucket"), (True, "set AWS_ACCESS_KEY_ID and AWS_SECRET")],
)
def test_a_bucket_that_is_refused_or_absent_is_away(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch, advice: str, *, refuses: bool
) -> None:
    with refusing() as env:
        for name, value in (env if refuses else s3).items():
            monkeypatch.setenv(name, value)
        said = rf"the bucket absent cannot be reached \(.*\); {advice}"
        with pytest.raises(PlaceUnavailable, match=said):
            place_of("s3://absent/x")


def test_a_place_is_tested_by_what_it_does_not_keep(
    place: Place, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_writable(place)
    assert place.sizes("results") == {}
    with ExitStack() as stack:
        if isinstance(place, Folder):
            (place.root / "results").rmdir()
            (place.root / "results").touch()
        else:
            env = stack.enter_context(refusing_writes(s3, "/results/"))
            monkeypatch.setenv("AWS_ENDPOINT_URL", env["AWS_ENDPOINT_URL"])
        refused = place_of(place.uri)
        with pytest.raises(PlaceRefuses, match=r"refuses files in results/ \("):
            check_writable(refused)


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left, young = tmp_path / "fpcrawler-fleet-left", tmp_path / "fpcrawler-fleet-young"
    for folder in (left, young):
        folder.mkdir()
        (folder / "owner").touch()
    an_hour_ago = time.time() - 3_600
    os.utime(left, (an_hour_ago, an_hour_ago))
    with scratch("fleet", tmp_path) as owned:
        os.utime(owned, (an_hour_ago, an_hour_ago))
        with scratch("fleet", tmp_path) as other:
            assert {*tmp_path.iterdir()} == {young, owned, other}

    assert [*tmp_path.iterdir()] == [young]
