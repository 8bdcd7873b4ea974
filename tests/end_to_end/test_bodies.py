"""A crawl that would write whole pictures to the disk is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import run_scrapy
from tests.servers.quirks import GALLERY

CRAWL = ("crawl", "images", "-a", f"urls={GALLERY / 'harbour.jpg'}", "-O", "feed.json")
SPIDER = """
from fpcrawler.spiders.images import ImagesSpider

class OwnSpider(ImagesSpider):
    custom_settings = {"HTTPCACHE_ENABLED": True}
"""


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({"HTTPCACHE_ENABLED": "True"}, "HTTPCACHE_ENABLED is 'True'"),
        (
            {
                "ITEM_PIPELINES": json.dumps(
                    {"scrapy.pipelines.files.FilesPipeline": 1}
                ),
                "FILES_STORE": "store",
            },
            "ITEM_PIPELINES has scrapy.pipelines.files.FilesPipeline",
        ),
        ({"SPIDER_MODULES": "own"}, "HTTPCACHE_ENABLED is True"),
    ],
)
def test_a_crawl_that_would_store_pictures_does_not_begin(
    tmp_path: Path, settings: dict[str, str], refused: str
) -> None:
    (tmp_path / "own.py").write_text(SPIDER)
    before = sorted(tmp_path.iterdir())
    sets = [part for pair in settings.items() for part in ("-s", "=".join(pair))]
    child = run_scrapy(
        *CRAWL, *sets, cwd=tmp_path, env={"PYTHONDONTWRITEBYTECODE": "1"}
    )
    left = [path for path in tmp_path.iterdir() if path.name != "__pycache__"]

    assert child.returncode == 1
    assert child.stderr.startswith(f"scrapy crawl: {refused}")
    assert child.stderr.count("\n") == 1
    assert sorted(left) == before


def test_a_crawl_that_another_command_starts_is_refused_as_well(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(SPIDER)
    files = ("-a", f"urls={GALLERY / 'harbour.jpg'}", "-O", "feed.json")
    child = run_scrapy("runspider", "own.py", *files, cwd=tmp_path)

    assert child.returncode == 1
    assert "HTTPCACHE_ENABLED is True, and a cache writes" in child.stderr
    assert not (tmp_path / "feed.json").exists()
    assert not (tmp_path / ".scrapy").exists()
