"""What is found of the images that scripts handle, with and without rendering."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.test_rendered import needs_browser
from tests.servers.http import serving
from tests.servers.scripted import PAGES, app
from tests.test_docs import JAVASCRIPT, table

if TYPE_CHECKING:
    from tests.crawls import Crawl

ROWS = table(JAVASCRIPT, "the page")


def test_every_page_of_the_site_has_a_row() -> None:
    rows = [(row[0], int(row[1])) for row in ROWS]

    assert rows == [(page.does, page.images) for page in PAGES.values()]


@pytest.mark.parametrize(
    "is_rendered", [False, pytest.param(True, marks=needs_browser)]
)
def test_the_table_says_what_is_found(crawl: Crawl, *, is_rendered: bool) -> None:
    with serving(app) as server:
        urls = " ".join(f"{server.url}/{name}" for name in PAGES)
        settings = {
            "RENDER_PAGES": is_rendered,
            "PRIVATE_ADDRESSES": "allow",
            "ROBOTSTXT_OBEY": False,
        }
        crawled = crawl("-a", f"urls={urls}", settings=settings)

    files = {record["url"].rpartition("/")[2] for record in crawled.records}
    found = Counter(file.partition("-")[0] for file in files)
    column = 3 if is_rendered else 2
    said = {name: int(row[column]) for name, row in zip(PAGES, ROWS, strict=True)}
    assert {name: found[name] for name in PAGES} == said
    assert crawled.unaccounted == {"images": 0, "pages": 0}
    assert "log_count/ERROR" not in crawled.stats
