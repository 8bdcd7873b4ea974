"""A private address that the user lists is an origin, for its own pages only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network_crawls import crawl_in_network
from tests.servers.inward import photo
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.http import Asked, Wire

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)

NAME = "http://a.inside.example"  # resolves to 10.0.0.5
LIST = (
    f"{NAME}/gallery",
    "http://site.example/gallery",
    "http://10.0.0.5:8080/listed.jpg",
    "http://[fd00:ec2::254]:8080/listed.jpg",
)
OF_LISTED = {LIST[2], LIST[3], f"{NAME}/own.jpg"}
OF_OTHERS = {
    f"{NAME}:8080/port.jpg",
    "http://10.0.0.5/literal.jpg",
    "http://home.inside.example/other.jpg",
    "http://10.0.0.5:8080/listed-by-another.jpg",
    f"{NAME}/moved.jpg",
}
BY_THE_WEB = "http://a.inside.example/from-the-web.jpg"
PUBLIC = "http://site.example/public.jpg"


async def app(asked: Asked, wire: Wire) -> None:
    """Respond as the page of a listed origin, a public page, and all images."""
    if asked.path == "/moved.jpg":
        moved: dict[str, str | int] = {"Location": "http://home.inside.example/to.jpg"}
        await wire.reply("302 Found", {**moved, "Content-Length": 0})
    elif asked.path == "/gallery":
        is_public = asked.headers["host"] == "site.example"
        named = {PUBLIC, BY_THE_WEB} if is_public else {f"{NAME}/own.jpg", *OF_OTHERS}
        page = "<!DOCTYPE html>" + "".join(f"<img src='{url}'>" for url in named)
        length: dict[str, str | int] = {"Content-Length": len(page)}
        kind = {"Content-Type": "text/html"}
        await wire.reply("200 OK", {**length, **kind}, page.encode())
    elif asked.path.endswith(".jpg"):
        await photo(asked, wire)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


@pytest.mark.parametrize(
    ("policy", "recorded"),
    [
        ("listed", {PUBLIC, *OF_LISTED}),
        ("deny", {PUBLIC}),
        ("allow", {PUBLIC, BY_THE_WEB, *OF_LISTED, *OF_OTHERS}),
    ],
)
def test_a_setting_decides_which_images_inside_are_read(
    tmp_path: Path, policy: str, recorded: set[str]
) -> None:
    (tmp_path / "urls.txt").write_text("\n".join(LIST))
    seen = crawl_in_network(tmp_path, app, PRIVATE_ADDRESSES=policy, RETRY_TIMES=0)

    assert {record["url"] for record in seen.crawled.records} == recorded
    refused = {PUBLIC, BY_THE_WEB, *OF_LISTED, *OF_OTHERS} - recorded
    failed = {url: why for url, why in seen.crawled.failed.items() if ".jpg" in url}
    # Without its page, an image is not found.
    found = refused if policy == "listed" else {*LIST[2:], BY_THE_WEB} & refused
    assert failed == dict.fromkeys(found, "PrivateAddress")
    assert (
        seen.entered
        == {
            "listed": {("10.0.0.5", 80), ("10.0.0.5", 8080), ("fd00:ec2::254", 8080)},
            "deny": set(),
            "allow": {
                *(("10.0.0.5", 80), ("10.0.0.5", 8080), ("fd00:ec2::254", 8080)),
                ("192.168.7.7", 80),
            },
        }[policy]
    )
