"""Set the User-Agent of the whole crawl: that of a browser, or our own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.settings import SETTINGS_PRIORITIES
from scrapy_fake_useragent.providers import FakeUserAgentProvider

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_NAME = "fpcrawler"


class UserAgentMiddleware:
    """Sets our name with USER_AGENT_CONTACT, else the User-Agent of a browser.

    The browser is chosen at random once per crawl: one that changes with each request
    stands out, and each choice costs milliseconds. A USER_AGENT set by the user takes
    precedence.
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
    if contact := settings["USER_AGENT_CONTACT"]:
        # RFC 9110 section 10.1.5: a product and a comment; crawlers write +URL in it.
        return f"{_NAME} (+{contact})"
    return str(FakeUserAgentProvider(settings).get_random_ua())
