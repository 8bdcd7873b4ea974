from __future__ import annotations

import asyncio

from scrapy.utils.test import get_crawler

from fpcrawler.core.links.rendered import Document
from fpcrawler.core.links.scope import Scope
from fpcrawler.core.progress.done import DoneBuilder
from fpcrawler.crawl.frontier import Frontier
from fpcrawler.crawl.rendered import RenderedResponse
from tests.errands import page

OWN = "http://10.0.0.5/page"
FRAME = "http://a.example/frame"


def test_a_frame_of_another_origin_does_not_name_what_the_listed_page_names() -> None:
    frontier = Frontier(get_crawler(), Scope(), DoneBuilder().built())
    response = RenderedResponse(
        OWN,
        body=b"<img src=/source.jpg>",
        encoding="utf-8",
        request=page(OWN, is_listed=True, at_listed_origin=True),
        documents=(
            Document(OWN, ("<img src=/source.jpg><img src=/script.jpg>",)),
            Document(FRAME, ("<img src=http://10.0.0.5/foreign.jpg>",)),
            Document(
                FRAME, (), ("http://10.0.0.5/asked.jpg", "http://10.0.0.5/source.jpg")
            ),
        ),
    )
    found = [
        (errand.url.rpartition("/")[2], errand.at_listed_origin, errand.found_in)
        for errand in asyncio.run(frontier.of_page(response))
    ]

    assert found == [
        ("source.jpg", True, "img"),
        ("script.jpg", True, "img"),
        ("foreign.jpg", False, "img"),
        ("asked.jpg", False, "requested"),
    ]


def test_a_copy_of_a_rendered_response_keeps_its_documents() -> None:
    documents = (Document(OWN, ("<p>",)),)
    response = RenderedResponse(OWN, encoding="utf-8", documents=documents)

    assert response.replace(url=FRAME).documents == documents
