from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import os
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from scrapy import Request

from fpcrawler.input.lists import UnreadableSource
from fpcrawler.input.sources import InvalidLine, ListEntry, Sources

A, B = "https://a.example/a.jpg", "https://b.example/b.jpg"
OPEN_FILES = Path("/proc/self/fd")


def entries(
    urls: str | None = None, urls_file: str | None = None, folder: str | None = None
) -> list[ListEntry | InvalidLine]:
    return list(Sources(urls=urls, urls_file=urls_file, folder=folder).entries())


def urls_of(found: list[ListEntry | InvalidLine]) -> list[str]:
    assert not [entry for entry in found if isinstance(entry, InvalidLine)]
    return [entry.url for entry in found if isinstance(entry, ListEntry)]


def reasons_of(found: list[ListEntry | InvalidLine]) -> list[str]:
    return [entry.reason for entry in found if isinstance(entry, InvalidLine)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a current folder with a page, a photo and an album."""
    (tmp_path / "album" / "below").mkdir(parents=True)
    for name in ("page.html", "a b.jpg", "album/2.jpg", "album/1.jpg", "album/below/3"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def uri(home: Path, name: str) -> str:
    return (home / name).as_uri()


ROWS = f'id,url\n1,{A}\n2,"{B}"\n'
OBJECTS = f'{{"url": "{A}"}}\n{{"url": "{B}"}}\n'


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param(ROWS.encode(), [A, B], id="RFC 4180 CSV with a header"),
        pytest.param(ROWS.encode("utf-16"), [A, B], id="UTF-16 CSV"),
        pytest.param(OBJECTS.encode(), [A, B], id="JSON Lines"),
        pytest.param(OBJECTS.encode("utf-8-sig"), [A, B], id="JSON Lines after a BOM"),
        pytest.param(f"{A}\r\n{B}\r\n".encode("utf-16"), [A, B], id="UTF-16"),
        pytest.param(f"{A}\n{B}\n".encode("utf-16-le"), [A, B], id="UTF-16LE, no BOM"),
        pytest.param(f"{A}\n{B}\n".encode("utf-16-be"), [A, B], id="UTF-16BE, no BOM"),
        pytest.param(f"{A}\n{B}\n".encode(), [A, B], id="LF"),
        pytest.param(f"{A}\r\n{B}\r\n".encode(), [A, B], id="CRLF"),
        pytest.param(f"{A}\n{B}".encode(), [A, B], id="no newline at the end"),
        pytest.param(f"\ufeff{A}\n{B}\n".encode(), [A, B], id="BOM"),
        pytest.param(f"# one\n{A}\n  # two\n{B}\n#".encode(), [A, B], id="comments"),
        pytest.param(f"\n\n{A}\n \t\n{B}\n\n".encode(), [A, B], id="blank lines"),
        pytest.param(f"{A}\n{B}\n{A}\n".encode(), [A, B, A], id="duplicates are kept"),
        pytest.param(f"{A}  seen twice\n{B}\tonce\n".encode(), [A, B], id="notes"),
        pytest.param(f"  {A}\n".encode(), [A], id="indented"),
        pytest.param(f"{A}#top\n".encode(), [A], id="RFC 3986 3.5 fragment"),
        pytest.param(
            "https://b\u00fccher.example/\u00e4.jpg\n".encode(),
            ["https://xn--bcher-kva.example/%C3%A4.jpg"],
            id="RFC 5890 IDN",
        ),
        pytest.param(b"", [], id="empty"),
    ],
)
def test_a_list_is_read_line_by_line(home: Path, text: bytes, urls: list[str]) -> None:
    (home / "urls.txt").write_bytes(text)

    assert urls_of(entries(urls_file="urls.txt")) == urls


def test_the_host_of_an_idn_is_asked_for_in_ascii(home: Path) -> None:
    (home / "urls.txt").write_text("https://b\u00fccher.example/\n", "utf-8")

    (url,) = urls_of(entries(urls_file="urls.txt"))

    assert Request(url).url == "https://xn--bcher-kva.example/"


def test_an_entry_says_where_it_stands(home: Path) -> None:
    (home / "urls.txt").write_text(f"# a list\n\n{A}\nftp://a.example/\n")

    listed, rejected = entries(urls_file="urls.txt")

    assert listed == ListEntry(url=A, where="urls.txt, line 3")
    assert rejected.where == "urls.txt, line 4"
    (reason,) = reasons_of([rejected])
    assert "'ftp://a.example/' is not an http, https or file URL" in reason


def test_an_invalid_line_does_not_hide_the_next(home: Path) -> None:
    (home / "urls.txt").write_text(f"nowhere.jpg\nhttp://[\n{A}\n")

    first, second, third = entries(urls_file="urls.txt")

    assert len(reasons_of([first, second])) == 2
    assert third == ListEntry(url=A, where="urls.txt, line 3")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"nowhere.jpg", id="a file that is not there"),
        pytest.param(b"page.html/a.jpg", id="a file as a folder"),
        pytest.param(b"x" * 300, id="POSIX NAME_MAX"),
        pytest.param(b"x/" * 3_000, id="POSIX PATH_MAX"),
        pytest.param(b"a\x00b.jpg", id="a null"),
        pytest.param(b"file:///nowhere/a.jpg", id="a URI of a missing file"),
        pytest.param(b"\xff\xd8\xff\xe0", id="bytes that are not text"),
    ],
)
def test_a_path_that_leads_nowhere_is_rejected(home: Path, line: bytes) -> None:
    (home / "urls.txt").write_bytes(line + b"\n" + A.encode())

    rejected, listed = entries(urls_file="urls.txt")

    assert reasons_of([rejected])
    assert listed == ListEntry(url=A, where="urls.txt, line 2")


@pytest.mark.parametrize(
    "line", [b"https://a.example/caf\xe9.jpg", b"https://caf\xe9.example/"]
)
def test_a_list_in_latin_1_gives_urls_that_can_be_asked_for(
    home: Path, line: bytes
) -> None:
    (home / "urls.txt").write_bytes(line + b"\n" + A.encode())

    found = entries(urls_file="urls.txt")

    assert found[-1] == ListEntry(url=A, where="urls.txt, line 2")
    for entry in found:
        if isinstance(entry, ListEntry):
            Request(entry.url)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        pytest.param("page.html", ["page.html"], id="page"),
        pytest.param("./album/../page.html", ["page.html"], id="with dots"),
        pytest.param("album/1.jpg", ["album/1.jpg"], id="below"),
        pytest.param(
            "album", ["album/1.jpg", "album/2.jpg", "album/below/3"], id="dir"
        ),
        pytest.param("album/below/", ["album/below/3"], id="a slash at the end"),
        pytest.param("file:a%20b.jpg", ["a b.jpg"], id="RFC 8089 B relative"),
    ],
)
def test_a_line_may_name_a_local_file_or_folder(
    home: Path, word: str, names: list[str]
) -> None:
    (home / "urls.txt").write_text(word)

    assert urls_of(entries(urls_file="urls.txt")) == [uri(home, name) for name in names]
    assert urls_of(entries(urls=word)) == [uri(home, name) for name in names]


def test_a_path_is_relative_to_the_list(home: Path) -> None:
    (home / "album" / "urls.txt").write_text("1.jpg\n../page.html")
    expected = [uri(home, "album/1.jpg"), uri(home, "page.html")]

    assert urls_of(entries(urls_file="album/urls.txt")) == expected
    assert urls_of(entries(urls_file=uri(home, "album/urls.txt"))) == expected


@pytest.mark.parametrize("prefix", ["", "file:", "file://", "FILE://"])
def test_a_path_may_be_absolute_or_a_file_uri(home: Path, prefix: str) -> None:
    (home / "album" / "urls.txt").write_text(f"{prefix}{home}/page.html")

    assert urls_of(entries(urls_file="album/urls.txt")) == [uri(home, "page.html")]


def test_a_link_keeps_its_own_name(home: Path) -> None:
    (home / "link.jpg").symlink_to("album/1.jpg")
    (home / "link").symlink_to("album")

    assert urls_of(entries(urls="link.jpg")) == [uri(home, "link.jpg")]
    assert urls_of(entries(urls="link"))[0] == uri(home, "link/1.jpg")


def test_a_row_of_a_table_may_name_a_path_with_spaces(home: Path) -> None:
    (home / "list.csv").write_text("path of a note,url\nx,a b.jpg\ny,album\nz,\n")
    *found, rejected = entries(urls_file="list.csv")

    names = ("a b.jpg", "album/1.jpg", "album/2.jpg", "album/below/3")
    assert urls_of(found) == [uri(home, name) for name in names]
    assert rejected == InvalidLine(
        where="list.csv, line 4",
        reason="the row has no URL; add one or remove the row.",
    )


def test_a_folder_that_links_to_itself_ends(home: Path) -> None:
    (home / "album" / "again").symlink_to(home / "album")

    assert len(urls_of(entries(folder="album"))) == 3


def test_words_are_read_as_lines_are(home: Path) -> None:
    found = entries(urls=f"  {A} page.html\n{B}")

    assert found == [
        ListEntry(url=A, where="urls, word 1"),
        ListEntry(url=uri(home, "page.html"), where="urls, word 2"),
        ListEntry(url=B, where="urls, word 3"),
    ]


@pytest.mark.parametrize("word", ["x" * 300, "nowhere.jpg", "http://["])
def test_an_invalid_word_is_rejected(home: Path, word: str) -> None:
    assert home.is_dir()
    assert len(reasons_of(entries(urls=word))) == 1


def test_every_file_below_a_folder_is_named_in_order(home: Path) -> None:
    found = entries(folder="album")

    assert urls_of(found) == [
        uri(home, name) for name in ("album/1.jpg", "album/2.jpg", "album/below/3")
    ]
    assert {entry.where for entry in found} == {"folder album"}


def test_an_empty_folder_has_no_entries(tmp_path: Path) -> None:
    assert entries(folder=str(tmp_path)) == []


def test_the_sources_are_read_one_after_the_other(home: Path) -> None:
    (home / "urls.txt").write_text(B)

    found = entries(urls=A, urls_file="urls.txt", folder="album/below")

    assert urls_of(found) == [A, B, uri(home, "album/below/3")]


def data_uri(text: str) -> str:
    return f"data:text/plain;charset=utf-8,{quote(text)}"


@pytest.mark.parametrize(
    "list_uri",
    [
        pytest.param(data_uri(f"{A}\n{B}\n"), id="RFC 2397 percent"),
        pytest.param(
            "data:;base64," + b64encode(f"\ufeff{A}\r\n{B}".encode()).decode(),
            id="RFC 2397 base64",
        ),
    ],
)
def test_a_list_may_be_a_data_uri(list_uri: str) -> None:
    assert urls_of(entries(urls_file=list_uri)) == [A, B]


@pytest.mark.parametrize("word", ["page.html", "album", "/etc/passwd", "{uri}", "."])
def test_a_remote_list_names_no_local_files(home: Path, word: str) -> None:
    word = word.format(uri=uri(home, "page.html"))

    (reason,) = reasons_of(entries(urls_file=data_uri(word)))

    assert "only a local list may name local files" in reason


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_a_list_may_be_compressed(
    home: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    (home / f"urls.txt{suffix}").write_bytes(compress(f"{A}\n{B}\n".encode()))

    assert urls_of(entries(urls_file=f"urls.txt{suffix}")) == [A, B]


LONG_LIST = "".join(f"https://a.example/{number}.jpg\n" for number in range(20_000))


def overwritten(data: bytes) -> bytes:
    return data[:500] + bytes(100) + data[600:]


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        pytest.param(".gz", gzip.compress(LONG_LIST.encode())[:2_000], id="gzip cut"),
        pytest.param(".gz", b"no gzip", id="RFC 1952 2.3.1 no gzip"),
        pytest.param(
            ".gz", overwritten(gzip.compress(LONG_LIST.encode())), id="gzip broken"
        ),
        pytest.param(".bz2", bz2.compress(LONG_LIST.encode())[:2_000], id="bzip2 cut"),
        pytest.param(
            ".xz", overwritten(lzma.compress(LONG_LIST.encode())), id="xz broken"
        ),
    ],
)
def test_a_truncated_list_is_reported(home: Path, suffix: str, data: bytes) -> None:
    name = f"urls.txt{suffix}"
    (home / name).write_bytes(data)

    with pytest.raises(
        UnreadableSource, match=f"urls_file '{name}' cannot be read to its end"
    ):
        entries(urls_file=name)


def test_the_start_of_a_truncated_list_is_crawled(home: Path) -> None:
    data = gzip.compress(f"{A}\n{B}\n".encode() + os.urandom(20_000).hex().encode())
    (home / "urls.gz").write_bytes(data[:9_000])

    found = Sources(urls_file="urls.gz").entries()

    assert urls_of(list(itertools.islice(found, 2))) == [A, B]
    with pytest.raises(UnreadableSource):
        list(found)


@contextmanager
def serving(response: bytes) -> Iterator[str]:
    """Serve one response, byte for byte, on a local port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(10_000)
                client.sendall(response)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/urls.txt"
        thread.join()


def test_a_list_may_come_over_http() -> None:
    body = f"{A}\n{B}\n".encode()
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"

    with serving(head % len(body) + body) as url:
        assert urls_of(entries(urls_file=url)) == [A, B]


def test_a_list_that_is_not_served_is_unreadable() -> None:
    head = b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    with (
        serving(head) as url,
        pytest.raises(UnreadableSource, match="cannot be read"),
    ):
        entries(urls_file=url)


def test_a_list_whose_server_hangs_up_is_reported() -> None:
    # RFC 9112 section 8: fewer bytes than Content-Length is an incomplete message.
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9999\r\n\r\n"

    with (
        serving(head + f"{A}\n".encode()) as url,
        pytest.raises(UnreadableSource, match="cannot be read to its end"),
    ):
        entries(urls_file=url)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("missing.txt", id="missing"),
        pytest.param("missing/urls.txt", id="missing folder"),
        pytest.param("album", id="a folder"),
        pytest.param("file:///nowhere/urls.txt", id="a URI of a missing file"),
        pytest.param("ftp://a.example/urls.txt", id="an unsupported scheme"),
        pytest.param("data:no comma", id="RFC 2397 no comma"),
        pytest.param("http://[/urls.txt", id="RFC 3986 3.2.2 no host"),
        pytest.param("x" * 300, id="POSIX NAME_MAX"),
        pytest.param("", id="empty"),
    ],
)
def test_a_list_that_cannot_be_read_says_so_in_one_sentence(
    home: Path, name: str
) -> None:
    assert home.is_dir()

    with pytest.raises(UnreadableSource) as refused:
        entries(urls_file=name)

    text = str(refused.value)
    assert text.startswith(f"urls_file {name!r} cannot be read (")
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("name", ["missing", "page.html", "page.html/album", "x" * 300])
def test_a_folder_that_is_not_one_is_reported(home: Path, name: str) -> None:
    assert home.is_dir()

    with pytest.raises(UnreadableSource, match="is not a folder"):
        entries(folder=name)


def test_an_endless_list_is_read_no_further_than_it_is_needed(tmp_path: Path) -> None:
    pipe = tmp_path / "urls.txt"
    os.mkfifo(pipe)

    def write() -> None:
        lines = (b"https://a.example/%d.jpg\n" % number for number in itertools.count())
        with pipe.open("wb", buffering=0) as file, pytest.raises(BrokenPipeError):
            file.writelines(lines)

    writer = threading.Thread(target=write)
    writer.start()
    found = Sources(urls_file=str(pipe)).entries()

    first = [next(found) for _ in range(1_000)]

    assert urls_of(first)[-1] == "https://a.example/999.jpg"
    found.close()  # type: ignore[attr-defined]  # it is a generator
    writer.join()


def test_a_line_that_has_come_is_not_kept_back(tmp_path: Path) -> None:
    pipe = tmp_path / "urls.txt"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR)
    os.write(end, f"{A}\n{B}\n".encode())
    found = Sources(urls_file=str(pipe)).entries()

    assert urls_of([next(found), next(found)]) == [A, B]
    found.close()  # type: ignore[attr-defined]  # it is a generator
    os.close(end)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="no /proc lists open files")
def test_a_list_that_is_not_read_to_its_end_is_closed(home: Path) -> None:
    (home / "urls.txt").write_text(LONG_LIST)
    before = len(list(OPEN_FILES.iterdir()))
    found = Sources(urls_file="urls.txt").entries()
    next(found)

    found.close()  # type: ignore[attr-defined]  # it is a generator

    assert len(list(OPEN_FILES.iterdir())) == before


def test_a_line_without_end_is_one_line(home: Path) -> None:
    (home / "urls.txt").write_bytes(b"a" * 1_000_000 + b"\n" + A.encode())

    rejected, listed = entries(urls_file="urls.txt")

    assert len(reasons_of([rejected])) == 1
    assert listed == ListEntry(url=A, where="urls.txt, line 2")


def test_a_user_and_password_are_no_part_of_the_url(home: Path) -> None:
    (home / "urls.txt").write_text(f"http://me:pw@a.example/b\n{A}\nftp://me:pw@b/c\n")

    protected, plain, rejected = entries(urls_file="urls.txt")

    assert protected == ListEntry(
        url="http://a.example/b",
        where="urls.txt, line 1",
        authorization="Basic bWU6cHc=",
    )
    assert isinstance(plain, ListEntry)
    assert plain.authorization is None
    assert "pw" not in repr([protected, rejected])
    assert list(Sources(urls_file="urls.txt").with_passwords()) == [protected]


def test_a_copied_list_has_no_passwords(home: Path) -> None:
    (home / "urls.txt").write_text("http://me:pw@a.example/b\n")

    copied = Sources(urls_file="urls.txt", origin="https://lists.example/")

    assert not list(copied.with_passwords())
    assert len(list(copied.entries())) == 1
