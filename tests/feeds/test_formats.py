from __future__ import annotations

import csv
import ctypes
import errno
import io
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Spider
from scrapy.exporters import JsonItemExporter

from fpcrawler.feeds.formats import CsvExporter, LiveJsonExporter
from fpcrawler.feeds.live_array import LiveArray, NotAnArray, StreamArray, check_array
from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.feeds.storage import LiveFileStorage, feed_path

ROOT = Path(__file__).parents[2]
RECORDS = [{"url": f"https://a.example/{number}.jpg"} for number in range(4)]


def encoded(record: object) -> bytes:
    return json.dumps(record).encode()


def records_of(path: Path) -> Any:
    return json.loads(path.read_bytes())


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "images.json"


@pytest.fixture(params=["exchange", "links", "neither"])
def has_links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run a test also without renameat2 (NFS, macOS) and hard links (FAT, FUSE)."""
    if request.param != "exchange":
        monkeypatch.setattr(ctypes, "CDLL", no_link)
    if request.param == "neither":
        monkeypatch.setattr(os, "link", no_link)
    return bool(request.param != "neither")


def no_link(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.usefixtures("has_links")
def test_an_array_is_valid_before_the_first_record(path: Path) -> None:
    array = LiveArray(path, append=False)

    assert records_of(path) == []
    array.close()


@pytest.mark.usefixtures("has_links")
def test_an_array_is_valid_and_whole_after_each_record(path: Path) -> None:
    array = LiveArray(path, append=False)
    for number, record in enumerate(RECORDS, start=1):
        array.append(encoded(record))

        assert records_of(path) == RECORDS[:number]
    array.finish()
    array.close()

    assert records_of(path) == RECORDS


@pytest.mark.usefixtures("has_links")
def test_an_array_leaves_nothing_but_itself(path: Path, tmp_path: Path) -> None:
    array = LiveArray(path, append=False)
    array.append(encoded(RECORDS[0]))
    array.close()

    assert names_in(tmp_path) == ["images.json"]


def test_a_reader_keeps_the_array_that_it_opened(path: Path) -> None:
    array = LiveArray(path, append=False)
    array.append(encoded(RECORDS[0]))
    with path.open("rb") as before:
        array.append(encoded(RECORDS[1]))

        assert json.load(before) == RECORDS[:1]
    array.close()


def test_a_former_file_is_replaced(path: Path) -> None:
    path.write_text("no array at all")

    array = LiveArray(path, append=False)
    array.append(encoded(RECORDS[0]))
    array.close()

    assert records_of(path) == RECORDS[:1]


def by_scrapy(records: list[dict[str, str]], **options: Any) -> bytes:
    file = io.BytesIO()
    exporter = JsonItemExporter(file, **options)
    exporter.start_exporting()
    for record in records:
        exporter.export_item(record)
    exporter.finish_exporting()
    return file.getvalue()


@pytest.mark.usefixtures("has_links")
@pytest.mark.parametrize(
    ("former", "records"),
    [
        pytest.param(b"", [], id="an empty file"),
        pytest.param(b"[]", [], id="an empty array"),
        pytest.param(b"[]\n", [], id="an empty array and a newline"),
        pytest.param(b" [ \r\n ] \r\n", [], id="RFC 8259 2 spaces in an empty array"),
        pytest.param(b"[\n]\n", [], id="an array of ours without records"),
        pytest.param(by_scrapy([]), [], id="Scrapy, no records"),
        pytest.param(by_scrapy(RECORDS), RECORDS, id="Scrapy"),
        pytest.param(by_scrapy(RECORDS, indent=4), RECORDS, id="Scrapy, indented"),
        pytest.param(by_scrapy([], indent=4), [], id="Scrapy, indented, no records"),
        pytest.param(json.dumps(RECORDS).encode(), RECORDS, id="json.dump"),
        pytest.param(
            json.dumps(RECORDS, indent=4).encode(), RECORDS, id="json.dump, indented"
        ),
        pytest.param(
            json.dumps(RECORDS, separators=(",", ":")).encode() + b"\r\n",
            RECORDS,
            id="json.dump, compact, CRLF",
        ),
        pytest.param(
            json.dumps(["]", "[", [[]], {"a": "]"}]).encode(),
            ["]", "[", [[]], {"a": "]"}],
            id="brackets in the values",
        ),
        pytest.param(
            json.dumps(["x" * 10_000]).encode(), ["x" * 10_000], id="a long value"
        ),
    ],
)
def test_an_array_is_continued(path: Path, former: bytes, records: list[Any]) -> None:
    path.write_bytes(former)

    array = LiveArray(path, append=True)
    assert records_of(path) == records
    array.append(b'"one"')
    assert records_of(path) == [*records, "one"]
    array.append(b'"two"')
    assert records_of(path) == [*records, "one", "two"]
    array.close()

    assert records_of(path) == [*records, "one", "two"]


def test_a_missing_array_is_created(path: Path) -> None:
    array = LiveArray(path, append=True)
    array.append(encoded(RECORDS[0]))
    array.close()

    assert records_of(path) == RECORDS[:1]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=9,
)


@pytest.mark.untraced
@settings(deadline=None)
@given(
    former=st.lists(values, max_size=4),
    added=st.lists(values, max_size=4),
    indent=st.none() | st.integers(0, 4),
    is_ascii=st.booleans(),
    spaces=st.text(" \t\r\n", max_size=5),
)
def test_any_array_is_continued(
    *,
    former: list[Any],
    added: list[Any],
    indent: int | None,
    is_ascii: bool,
    spaces: str,
) -> None:
    text = json.dumps(former, indent=indent, ensure_ascii=is_ascii)
    with TemporaryDirectory() as folder:
        path = Path(folder, "images.json")
        path.write_bytes((spaces + text + spaces).encode("utf-8", "surrogatepass"))
        array = LiveArray(path, append=True)
        for number, value in enumerate(added, start=1):
            array.append(encoded(value))

            assert records_of(path) == [*former, *added[:number]]
        array.close()

        assert records_of(path) == [*former, *added]
        assert names_in(Path(folder)) == ["images.json"]


@pytest.mark.parametrize(
    "former",
    [
        pytest.param(b'{"url": "a"}', id="an object"),
        pytest.param(b'{"url": "a"}\n{"url": "b"}\n', id="JSON Lines"),
        pytest.param(b"url,image_size\na,1\n", id="CSV"),
        pytest.param(b"[\n" + encoded(RECORDS[0]) + b",\n", id="cut off by a kill"),
        pytest.param(b"[", id="cut off at the start"),
        pytest.param(b"]", id="its end alone"),
        pytest.param(b"\n", id="a newline"),
        pytest.param(b"\x1f\x8b\x08\x00]", id="gzip"),
        # A feed of Scrapy's own exporter after a second crawl with -o:
        pytest.param(by_scrapy(RECORDS) * 2, id="two arrays"),
        pytest.param(b"[1]\n[2]\n", id="JSON Lines of arrays"),
        pytest.param(b'[{"size": [1, 2]', id="cut off after an inner array"),
        pytest.param(b"[1,]", id="RFC 8259 5 a comma too many"),
    ],
)
def test_a_file_without_an_array_is_not_touched(path: Path, former: bytes) -> None:
    path.write_bytes(former)

    with pytest.raises(NotAnArray, match=r"images\.json does not hold a JSON array"):
        check_array(path)
    with pytest.raises(NotAnArray):
        LiveArray(path, append=True)
    assert path.read_bytes() == former
    assert names_in(path.parent) == ["images.json"]


@pytest.mark.parametrize("former", [None, b"", b"[]", b"[1]"])
def test_a_file_that_can_be_continued_passes_the_check(
    path: Path, former: bytes | None
) -> None:
    if former is not None:
        path.write_bytes(former)

    check_array(path)

    assert path.exists() is (former is not None)


@pytest.mark.usefixtures("has_links")
@pytest.mark.parametrize("append", [True, False])
def test_the_target_of_a_link_is_replaced_and_not_the_link(
    path: Path,
    tmp_path: Path,
    *,
    append: bool,
) -> None:
    target = tmp_path / "disk" / "target.json"
    target.parent.mkdir()
    target.write_text('["former"]')
    path.symlink_to("disk/target.json")

    array = LiveArray(path, append=append)
    array.append(b'"new"')
    array.close()

    assert path.is_symlink()
    assert records_of(target) == (["former", "new"] if append else ["new"])
    assert names_in(tmp_path) == ["disk", "images.json"]
    assert names_in(target.parent) == ["target.json"]


@pytest.mark.usefixtures("has_links")
@pytest.mark.parametrize("append", [True, False])
def test_a_file_keeps_its_mode(
    path: Path,
    *,
    append: bool,
) -> None:
    path.write_text("[]")
    path.chmod(0o600)

    array = LiveArray(path, append=append)
    array.append(encoded(RECORDS[0]))
    array.close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fpcrawler.feeds.live_array import LiveArray
array = LiveArray(Path(sys.argv[2]), append=True)
for number in range(int(sys.argv[3])):
    array.append(b'"%d"' % number)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("records", [0, 1, 2, 3])
def test_a_kill_loses_nothing_and_the_next_crawl_clears_up(
    path: Path, tmp_path: Path, records: int
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(ROOT), str(path), str(records)], check=False
    )
    assert child.returncode == -signal.SIGKILL
    earlier = [str(number) for number in range(records)]
    assert records_of(path) == earlier
    assert names_in(tmp_path) != ["images.json"]

    array = LiveArray(path, append=True)
    array.append(b'"next"')
    array.close()

    assert records_of(path) == [*earlier, "next"]
    assert names_in(tmp_path) == ["images.json"]


@pytest.mark.parametrize("copy", [".images.json.0", ".images.json.1"])
def test_a_hidden_copy_that_a_kill_left_is_ignored(path: Path, copy: str) -> None:
    path.write_text('["told"]')
    other = path.with_name(copy)
    other.write_text("half a rec")

    array = LiveArray(path, append=True)
    array.append(b'"next"')
    array.close()

    assert records_of(path) == ["told", "next"]
    assert not other.exists()


@pytest.mark.parametrize("copy", [".images.json.0", ".images.json.1"])
def test_a_hidden_copy_that_is_the_file_itself_is_unlinked(
    path: Path, copy: str
) -> None:
    path.write_text('["told"]')
    os.link(path, path.with_name(copy))

    array = LiveArray(path, append=True)
    array.append(b'"next"')
    array.close()

    assert records_of(path) == ["told", "next"]
    assert names_in(path.parent) == ["images.json"]


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond ``size`` bytes, as on a full disk (setrlimit(2))."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_full_disk_leaves_the_array_valid(path: Path, before: int) -> None:
    earlier: list[Any] = RECORDS[:before]
    with closing(LiveArray(path, append=False)) as array:
        for record in earlier:
            array.append(encoded(record))

        with disk_of(50_000), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            array.append(encoded("x" * 100_000))
        assert records_of(path) == earlier

        array.append(b'"next"')
        assert records_of(path) == [*earlier, "next"]
        array.append(b'"last"')
    assert records_of(path) == [*earlier, "next", "last"]


def test_a_full_disk_leaves_the_lines_whole(path: Path) -> None:
    """A raw write on a full disk writes a part, and reports it only by its length."""
    with LiveFile(path, append=False) as file:
        file.write(b'"told"\n')
        with disk_of(50_000), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            file.write(b"x" * 100_000)
        assert path.read_bytes() == b'"told"\n'

        file.write(b'"next"\n')
    assert path.read_bytes() == b'"told"\n"next"\n'


@pytest.mark.parametrize("records", [[], RECORDS[:1], RECORDS])
def test_a_stream_is_an_array_once_it_is_finished(records: list[Any]) -> None:
    file = io.BytesIO()
    array = StreamArray(file)
    for record in records:
        array.append(encoded(record))
    array.finish()

    assert json.loads(file.getvalue()) == records


def exported(exporter: Any, records: list[dict[str, Any]]) -> None:
    exporter.start_exporting()
    for record in records:
        exporter.export_item(record)
    exporter.finish_exporting()


RECORD = {
    "url": "https://a.example/\u00e4.jpg",
    "exif": {"Image Make": "A"},
    "etag": None,
}


def test_a_feed_has_the_format_of_the_seed(path: Path) -> None:
    seed = json.loads((ROOT / "tests" / "seed_record.json").read_text())
    records = [seed["first"], seed["second"]]
    array: Any = LiveArray(path, append=False)

    exported(LiveJsonExporter(array, indent=4, encoding="utf-8"), records)
    array.close()

    assert path.read_text() == json.dumps(records, indent=4) + "\n"


@pytest.mark.parametrize("indent", [None, 0, 2, 4])
def test_a_stream_and_a_live_array_are_the_same(path: Path, indent: int | None) -> None:
    stream, array = io.BytesIO(), LiveArray(path, append=False)
    feed: Any = array

    exported(LiveJsonExporter(stream, indent=indent), [RECORD, RECORD])
    exported(LiveJsonExporter(feed, indent=indent), [RECORD, RECORD])
    array.close()

    assert stream.getvalue() == path.read_bytes()
    assert records_of(path) == [RECORD, RECORD]


def test_only_the_fields_that_are_listed_are_written() -> None:
    file = io.BytesIO()

    exporter = LiveJsonExporter(file, fields_to_export=["etag", "url"])
    exported(exporter, [{**RECORD, "head": b"\xff\xd8"}])

    (record,) = json.loads(file.getvalue())
    assert list(record) == ["etag", "url"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        pytest.param("utf-8", "\u00e4".encode(), id="RFC 8259 8.1"),
        pytest.param("UTF-8", "\u00e4".encode(), id="in capitals"),
        pytest.param(None, "\u00e4".encode(), id="none"),
        pytest.param("latin-1", b"\\u00e4", id="RFC 8259 7 escapes elsewhere"),
        pytest.param("ascii", b"\\u00e4", id="ASCII"),
    ],
)
def test_a_feed_is_written_in_its_encoding(encoding: str | None, text: bytes) -> None:
    file = io.BytesIO()

    exported(LiveJsonExporter(file, encoding=encoding), [RECORD])

    assert b"https://a.example/" + text + b".jpg" in file.getvalue()
    assert json.loads(file.getvalue().decode(encoding or "utf-8")) == [RECORD]


def test_csv_holds_objects_and_lists_as_json() -> None:
    file = io.BytesIO()
    record = {**RECORD, "parts": ["a", "\u00e4"], "image_size": 32_764}

    exported(CsvExporter(file), [record])

    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    assert row == {
        "url": "https://a.example/\u00e4.jpg",
        "exif": '{"Image Make": "A"}',
        "etag": "",
        "parts": '["a", "\u00e4"]',
        "image_size": "32764",
    }


def storage(uri: str, **options: Any) -> LiveFileStorage:
    return LiveFileStorage(uri, feed_options={"format": "json", **options})


def test_a_local_json_feed_is_a_live_array_in_a_folder_made_for_it(
    tmp_path: Path,
) -> None:
    feed = storage(str(tmp_path / "a" / "b" / "images.json"))

    file: Any = feed.open(Spider("images"))
    assert type(file).__name__ == "LiveArray"
    file.append(encoded(RECORDS[0]))
    feed.store(file)

    assert records_of(tmp_path / "a" / "b" / "images.json") == RECORDS[:1]


@pytest.mark.parametrize(
    ("options", "records"),
    [
        pytest.param({}, ["former", "new"], id="default"),
        pytest.param({"overwrite": False}, ["former", "new"], id="-o"),
        pytest.param({"overwrite": True}, ["new"], id="-O"),
    ],
)
def test_a_feed_is_continued_unless_it_is_to_be_replaced(
    path: Path, options: dict[str, Any], records: list[str]
) -> None:
    path.write_text('["former"]')
    feed = storage(path.as_uri(), **options)

    file: Any = feed.open(Spider("images"))
    file.append(b'"new"')
    feed.store(file)

    assert records_of(path) == records


def test_another_format_is_written_unbuffered(tmp_path: Path) -> None:
    path = tmp_path / "images.jsonl"
    path.write_text('"former"\n')
    feed = storage(str(path), format="jsonlines")

    file = feed.open(Spider("images"))
    file.write(b'"new"\n')
    assert path.read_text() == '"former"\n"new"\n'
    feed.store(file)

    assert file.closed


def test_a_feed_that_is_compressed_is_written_as_a_stream(tmp_path: Path) -> None:
    feed = storage(str(tmp_path / "images.json.gz"), postprocessing=["a plugin"])

    file = feed.open(Spider("images"))
    assert not isinstance(file, LiveArray)
    feed.store(file)


def test_a_feed_may_be_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "images.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    feed = storage(str(pipe))

    file = feed.open(Spider("images"))
    exported(LiveJsonExporter(file), RECORDS)
    feed.store(file)

    with os.fdopen(reader, "rb") as end:
        assert json.load(end) == RECORDS
    assert names_in(tmp_path) == ["images.json"]


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("data/images.json", "data/images.json"),
        ("/data/images.json", "/data/images.json"),
        pytest.param("file:///a/b%20c.json", "/a/b c.json", id="RFC 8089 2"),
        pytest.param("file://localhost/a.json", "/a.json", id="RFC 8089 2 localhost"),
        ("a%20b.json", "a%20b.json"),
    ],
)
def test_a_feed_is_named_by_a_path_or_a_file_uri(uri: str, path: str) -> None:
    assert feed_path(uri) == Path(path)
