from __future__ import annotations

import errno
import gzip
import os
import socket
from pathlib import Path

import pytest
import requests

from fpcrawler.input.reasons import reason_of


def error_of(url: str) -> Exception:
    with pytest.raises(requests.RequestException) as caught:
        requests.get(url, timeout=10)
    return caught.value


def test_a_refused_connection_is_named_without_the_library() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        error = error_of(f"http://127.0.0.1:{port}/")

    assert "HTTPConnectionPool" in str(error)
    assert reason_of(error) == "its server refused the connection"


def test_an_unknown_host_is_named_without_the_library() -> None:
    error = error_of("http://nowhere.invalid/")

    assert reason_of(error) == "its host name was not found"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file", "a"), "No such file"),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), "File too large"),
        (gzip.BadGzipFile("Not a gzipped file (b'he')"), "it is not a whole gzip file"),
        (requests.TooManyRedirects("Exceeded 30"), "it redirects too often"),
        (ValueError("a\nb."), "a b"),
        (ValueError(), "ValueError"),
    ],
)
def test_other_errors_lose_their_numbers_only(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_a_file_that_is_not_gzipped_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"hello")
    with pytest.raises(gzip.BadGzipFile) as caught, gzip.open(path) as file:
        file.read()

    assert reason_of(caught.value) == "it is not a whole gzip file"
