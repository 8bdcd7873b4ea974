from __future__ import annotations

import pytest
from protego import Protego

from fpcrawler.core.web.robots import addressed_to

ALL = "User-agent: *\nDisallow: /all\n"


def may(robots: str, path: str, agent: str = "fpcrawler") -> bool:
    rules = Protego.parse(addressed_to(agent, robots.encode()).decode())
    return rules.can_fetch(f"http://a.example{path}", agent)


@pytest.mark.parametrize(
    ("line", "is_ours"),
    [
        pytest.param("User-agent: fpcrawler", True, id="RFC 9309 2.2.1"),
        pytest.param("USER-AGENT:FPCrawler # us", True, id="in any case"),
        pytest.param("User-agent: fpcrawler/1.0", True, id="a version"),
        pytest.param("User-agent: fpcrawler (+http://b.example)", True, id="a comment"),
        pytest.param("\ufeffUser-agent: fpcrawler", True, id="2.3 a byte order mark"),
        pytest.param("User-agent fpcrawler", True, id="no colon"),
        pytest.param("User-agent: other\nUser-agent: fpcrawler", True, id="a group"),
        pytest.param("User-agent: f", False, id="a part of our name"),
        pytest.param("User-agent: fpc", False, id="its beginning"),
        pytest.param("User-agent: crawler", False, id="its end"),
        pytest.param("User-agent: fpc*", False, id="a wildcard"),
        pytest.param("User-agent: fpcrawler-news", False, id="a longer token"),
        pytest.param("User-agent: 1fpcrawler", False, id="no token"),
    ],
)
def test_a_group_is_ours_by_its_product_token(line: str, *, is_ours: bool) -> None:
    robots = f"{line}\nDisallow: /ours\n\n{ALL}"

    assert may(robots, "/ours") is not is_ours
    assert may(robots, "/all") is is_ours


def test_groups_stay_apart() -> None:
    robots = f"User-agent: a\nUser-agent: b\nDisallow: /other\n{ALL}User-agent: c\n"

    assert may(robots, "/other")
    assert not may(robots, "/all")


def test_the_name_of_a_user_can_have_a_version() -> None:
    robots = f"User-agent: MyBot\nDisallow: /ours\n{ALL}"

    assert not may(robots, "/ours", "mybot/2.0 (+http://b.example)")


def test_what_has_no_token_is_addressed_by_a_star_only() -> None:
    assert may("User-agent: 007\nDisallow: /\n", "/a", "007")
    assert not may(ALL, "/all", "007")
