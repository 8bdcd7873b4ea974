"""Set the User-Agent of one common browser for the whole crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.settings import SETTINGS_PRIORITIES
from scrapy_fake_useragent.providers import FakeUserAgentProvider

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


class UserAgentMiddleware:
    """Sets a User-Agent that is chosen at random once per crawl.

    A crawl that changes its browser with each request stands out, and each choice
    costs milliseconds. A USER_AGENT set by the user takes precedence.
    """

    def __init__(self, user_agent: str) -> None:
        self.user_agent = user_agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> UserAgentMiddleware:
        return cls(_user_agent(crawler.settings))

    def process_request(self, request: Request) -> None:
        if self.user_agent:
            request.headers.setdefault("User-Agent", self.user_agent)


def _user_agent(settings: BaseSettings) -> str:
    priority = settings.getpriority("USER_AGENT") or 0
    if priority > SETTINGS_PRIORITIES["default"]:
        return str(settings["USER_AGENT"] or "")
    return str(FakeUserAgentProvider(settings).get_random_ua())
