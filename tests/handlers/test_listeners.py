from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydispatch import dispatcher
from scrapy import signals
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.sampling import Sampling
from fpcrawler.handlers.listeners import Listeners

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

SETTINGS = {"EXTENSIONS": {"fpcrawler.crawl.sampling.Sampling": 100}}


def listening(settings: dict[str, Any]) -> tuple[Crawler, Listeners]:
    crawler = get_crawler(settings_dict=settings)
    return crawler, Listeners(crawler)


def heard(**_: object) -> None:
    """Listen."""


def test_the_sampling_that_listens_alone_is_found() -> None:
    crawler, listeners = listening(SETTINGS)

    assert listeners.only_sampling() is crawler.get_extension(Sampling) is not None


def test_without_a_sampling_there_is_none() -> None:
    _, listeners = listening({})

    assert listeners.only_sampling() is None


@pytest.mark.parametrize(
    "signal", [signals.headers_received, signals.bytes_received, dispatcher.Any]
)
@pytest.mark.parametrize("is_to_all", [False, True])
def test_as_long_as_another_one_listens_it_is_not_alone(
    signal: object, *, is_to_all: bool
) -> None:
    crawler, listeners = listening(SETTINGS)
    sender = dispatcher.Any if is_to_all else crawler

    dispatcher.connect(heard, signal, sender)
    try:
        assert listeners.only_sampling() is None
    finally:
        dispatcher.disconnect(heard, signal, sender)
    assert listeners.only_sampling() is not None


def test_a_listener_of_another_crawl_does_not_matter() -> None:
    _, listeners = listening(SETTINGS)
    other, _ = listening(SETTINGS)
    other.signals.connect(heard, signals.bytes_received)

    assert listeners.only_sampling() is not None
