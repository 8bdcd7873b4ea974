"""Each hostile response ends in a record or a named reason."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from fpcrawler.console.exit_codes import ExitCode
from tests.crawls import Crawled, run_crawl
from tests.end_to_end.test_quirks import outcome
from tests.servers.attacks import ATTACKS, ROBOTS, app, robots
from tests.servers.http import Server, serving

if TYPE_CHECKING:
    from tests.servers.attacking import Attack

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def attacked(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, Server], Crawled]:
    """One crawl of a list that names every row; the servers by the row of robots."""
    home = tmp_path_factory.mktemp("attacks")
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(serving(robots(serve)))
            for name, (serve, _) in ROBOTS.items()
        }
        servers[""] = stack.enter_context(serving(app))
        urls = [f"{servers[''].url}{attack.path}" for attack in ATTACKS]
        urls += [f"{servers[name].url}/only.jpg" for name in ROBOTS]
        (home / "urls.txt").write_text("\n".join(urls))
        crawled = run_crawl(
            home,
            settings={
                "DOWNLOAD_TIMEOUT": 600,  # no row needs it: bytes and counts end them
                "RETRY_TIMES": 0,
                "FOLLOW_STYLESHEETS": True,
                "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
                "TOR_PROXIES": "socks5h://127.0.0.1:1",
            },
            timeout=600,
        )
    return servers, crawled


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.path)
def test_an_attack_has_its_outcome(
    attacked: tuple[dict[str, Server], Crawled], attack: Attack
) -> None:
    servers, crawled = attacked

    assert outcome(crawled, f"{servers[''].url}{attack.path}") == attack.outcome


@pytest.mark.parametrize("name", ROBOTS)
def test_a_hostile_robots_txt_has_its_outcome(
    attacked: tuple[dict[str, Server], Crawled], name: str
) -> None:
    servers, crawled = attacked

    assert outcome(crawled, f"{servers[name].url}/only.jpg") == ROBOTS[name][1]


def test_all_is_accounted_for(attacked: tuple[dict[str, Server], Crawled]) -> None:
    _, crawled = attacked

    assert crawled.exit_code == ExitCode.TOR_UNAVAILABLE  # a redirect led to an onion
    assert "Traceback" not in crawled.stderr
    assert "log_count/ERROR" not in crawled.stats
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_nothing_is_asked_of_others_and_each_style_once(
    attacked: tuple[dict[str, Server], Crawled],
) -> None:
    servers, _ = attacked
    asked = [asked.path for asked in servers[""].asked]

    assert asked.count("/a.css") == asked.count("/b.css") == 1
    assert asked.count("/map-to-itself.xml") == 1
    assert all("cookie" not in asked.headers for asked in servers[""].asked)


def test_no_control_character_reaches_the_terminal(
    attacked: tuple[dict[str, Server], Crawled],
) -> None:
    assert CONTROL.findall(attacked[1].stderr) == []
