from __future__ import annotations

import fake_useragent
import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from fpcrawler import settings as project_settings
from fpcrawler.middlewares.user_agent import UserAgentMiddleware

URL = "https://a.example/b.jpg"


def crawler(*, priority: str = "cmdline", **settings: str | None) -> Crawler:
    """Return a crawler of the project, with settings that the user gave."""
    project = Settings()
    project.setmodule(project_settings)
    project.setdict(settings, priority=priority)
    return Crawler(Spider, project)


def user_agent_of(middleware: UserAgentMiddleware, **headers: str) -> str | None:
    request = Request(URL, headers=headers)
    middleware.process_request(request)
    value = request.headers.get("User-Agent")
    return None if value is None else value.decode()


def test_a_crawl_sends_the_same_browser_in_all_requests() -> None:
    middleware = UserAgentMiddleware.from_crawler(crawler())

    assert len({user_agent_of(middleware) for _ in range(50)}) == 1


def test_the_browser_is_one_of_the_list_that_fake_useragent_ships() -> None:
    shipped = {
        browser["useragent"] for browser in fake_useragent.UserAgent().data_browsers
    }

    drawn = {UserAgentMiddleware.from_crawler(crawler()).user_agent for _ in range(9)}

    assert drawn <= shipped


def test_two_crawls_can_send_different_browsers() -> None:
    drawn = {UserAgentMiddleware.from_crawler(crawler()).user_agent for _ in range(20)}

    assert len(drawn) > 1


def test_scrapys_own_name_is_never_sent() -> None:
    user_agent = UserAgentMiddleware.from_crawler(crawler()).user_agent

    assert "scrapy" not in user_agent.lower()
    assert user_agent.startswith("Mozilla/5.0")


@pytest.mark.parametrize("priority", ["project", "spider", "cmdline"])
def test_a_user_agent_set_by_the_user_takes_precedence(priority: str) -> None:
    chosen = crawler(priority=priority, USER_AGENT="museum-survey (a@b.example)")

    middleware = UserAgentMiddleware.from_crawler(chosen)

    assert user_agent_of(middleware) == "museum-survey (a@b.example)"


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_user_agent_is_not_sent(value: str | None) -> None:
    # As Scrapy's own UserAgentMiddleware: no header, rather than "None".
    middleware = UserAgentMiddleware.from_crawler(crawler(USER_AGENT=value))

    assert not user_agent_of(middleware)


def test_a_request_keeps_its_own_user_agent() -> None:
    middleware = UserAgentMiddleware("a browser")

    assert user_agent_of(middleware, **{"User-Agent": "another"}) == "another"
