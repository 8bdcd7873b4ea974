"""A list from the web: what it may redirect to, and what it may list."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.input.lists import UnreadableSource
from fpcrawler.input.sources import ListEntry, Sources
from tests.servers.http import Asked, Server, Wire, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

A = "https://a.example/a.jpg"


class Site:
    """Serves a list at ``/list.txt``; other paths redirect to ``location``."""

    location = "/list.txt"
    lines: tuple[str, ...] = (A,)

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        if asked.path != "/list.txt":
            headers: dict[str, str | int] = {"Location": self.location}
            await wire.reply("302 Found", headers)
            return
        body = "\n".join(self.lines).encode()
        await wire.reply("200 OK", {"Content-Length": len(body)}, body)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with serving(site) as server:
        yield server


@pytest.fixture
def inside() -> Iterator[Server]:
    with serving(Site()) as server:
        yield server


def entries(urls_file: str) -> list[ListEntry]:
    found = list(Sources(urls_file=urls_file).entries())
    return [entry for entry in found if isinstance(entry, ListEntry)]


def test_a_redirect_within_the_host_and_port_of_a_list_is_followed(
    server: Server,
) -> None:
    assert [entry.url for entry in entries(f"{server.url}/moved")] == [A]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f000001", "[::ffff:7f00:1]", "127.0.0.%31"],
)
def test_a_list_redirects_to_no_private_host(
    site: Site, server: Server, inside: Server, host: str
) -> None:
    site.location = f"http://{host}:{inside.port}/list.txt"

    with pytest.raises(UnreadableSource, match="it redirects to the private host"):
        entries(f"{server.url}/moved")
    assert not inside.asked


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback (RFC 1122)"),
        ("::1", "loopback (RFC 4291)"),
        ("::ffff:127.0.0.1", "loopback (RFC 1122) by IPv4-mapped (RFC 4291)"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_list_redirects_to_no_name_that_resolves_inside(
    site: Site,
    server: Server,
    inside: Server,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    address: str,
    reason: str,
) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        return real(address if host == "a.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    site.location = f"{scheme}://a.example:{inside.port}/list.txt"

    with pytest.raises(UnreadableSource) as refused:
        entries(f"{server.url}/moved")
    assert f"it redirects to a.example, whose address is {reason}" in str(refused.value)
    assert not inside.asked


def test_a_list_from_the_web_lists_its_own_host_and_port_only(
    site: Site, server: Server
) -> None:
    own, other_port, host = f"{server.url}/a.jpg", "http://127.0.0.1:9/", "10.0.0.1"
    site.lines = (own, other_port, f"http://{host}/", A)

    found = entries(f"{server.url}/list.txt")

    assert [entry.lists_origin for entry in found] == [True, False, False, False]


@pytest.mark.parametrize(
    ("urls_file", "lists_origin"),
    [
        pytest.param("data:,http://10.0.0.1/", True, id="an argument is the user's"),
        pytest.param("list.txt", True, id="so is a local file"),
    ],
)
def test_a_list_of_the_users_lists_private_origins(
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    urls_file: str,
    *,
    lists_origin: bool,
) -> None:
    (tmp_path / "list.txt").write_text("http://10.0.0.1/\n")
    monkeypatch.chdir(tmp_path)

    (entry,) = entries(urls_file)

    assert entry.lists_origin is lists_origin


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("", [True, True]),
        ("http://10.0.0.1/list.txt", [True, False]),
        ("elsewhere", [False, False]),
    ],
)
def test_a_copied_list_lists_what_the_original_would(
    tmp_path: Any, origin: str, listed: list[bool]
) -> None:
    copied = tmp_path / "list.txt"
    copied.write_text("http://10.1/\nhttp://10.0.0.1:8080/\n")

    found = Sources(urls_file=str(copied), origin=origin).entries()

    assert [isinstance(e, ListEntry) and e.lists_origin for e in found] == listed


def test_the_password_of_a_list_is_for_its_own_origin(
    site: Site, server: Server, inside: Server
) -> None:
    site.location = f"http://site.example:{inside.port}/list.txt"
    named = server.url.replace("//", "//me:pw@")

    assert [entry.url for entry in entries(f"{named}/list.txt")] == [A]
    with pytest.raises(UnreadableSource) as error:
        entries(f"{named}/moved")

    authorizations = {asked.headers.get("authorization") for asked in server.asked}
    assert authorizations == {"Basic bWU6cHc="}
    assert "pw" not in str(error.value)
