from __future__ import annotations

from typing import Any

import pytest
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.pipelines.files import FilesPipeline
from scrapy.pipelines.media import MediaPipeline
from scrapy.settings import Settings

from fpcrawler import settings as project_settings
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.errors import BadInput
from fpcrawler.pipelines.record import RecordPipeline
from fpcrawler.pipelines.size import SizePipeline

CACHE = "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware"
RECORD = "fpcrawler.pipelines.record.RecordPipeline"


class OwnCache(HttpCacheMiddleware):
    """A cache of a user, which may ignore HTTPCACHE_ENABLED."""


class OwnPipeline(FilesPipeline):
    """A media pipeline of a user."""


def check(priority: str = "project", **values: Any) -> None:
    settings = Settings()
    settings.setmodule(project_settings)
    settings.setdict(values, priority)
    check_bodies(settings)


@pytest.mark.parametrize("value", [False, "False", "false", 0, "0"])
def test_a_cache_that_is_off_passes(value: object) -> None:
    check(HTTPCACHE_ENABLED=value)


@pytest.mark.parametrize("value", [True, "True", "true", 1, "1", "maybe", None])
@pytest.mark.parametrize("priority", ["project", "spider", "cmdline"])
def test_a_cache_is_refused(value: object, priority: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(priority, HTTPCACHE_ENABLED=value, HTTPCACHE_STORAGE="a.b.Own")

    assert str(refused.value) == (
        f"HTTPCACHE_ENABLED is {value!r}, and a cache writes whole pictures to the "
        "disk; set it to False."
    )


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [
        (MediaPipeline, "scrapy.pipelines.media.MediaPipeline"),
        (OwnPipeline, f"{__name__}.OwnPipeline"),
        (f"{__name__}.OwnPipeline", f"{__name__}.OwnPipeline"),
        *((path, path) for path in ["scrapy.pipelines.images.ImagesPipeline"]),
    ],
)
def test_a_pipeline_that_downloads_is_refused(pipeline: object, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(ITEM_PIPELINES={pipeline: 1})

    assert str(refused.value) == (
        f"ITEM_PIPELINES has {name}, which writes whole pictures to the disk; "
        "remove it."
    )


def test_other_pipelines_pass_and_so_do_disabled_ones() -> None:
    check(ITEM_PIPELINES={RECORD: 900, SizePipeline: 200, OwnPipeline: None})
    check(ITEM_PIPELINES={RecordPipeline: 1})


@pytest.mark.parametrize("pipelines", [{}, {SizePipeline: 1}, {RECORD: None}])
def test_samples_without_records_are_refused(
    pipelines: dict[object, int | None],
) -> None:
    with pytest.raises(BadInput) as refused:
        check(ITEM_PIPELINES=pipelines)

    assert str(refused.value) == (
        f"ITEM_PIPELINES has no {RECORD}, so there would be no records, only samples "
        "with their bytes; add it."
    )


def test_a_cache_of_a_user_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        check(DOWNLOADER_MIDDLEWARES={OwnCache: 900})

    assert str(refused.value) == (
        f"DOWNLOADER_MIDDLEWARES has {__name__}.OwnCache, which writes whole pictures "
        "to the disk; remove it."
    )


def test_the_cache_of_scrapy_that_is_off_may_be_moved() -> None:
    check(DOWNLOADER_MIDDLEWARES={CACHE: 10})


@pytest.mark.parametrize("path", ["nowhere.Pipeline", "tests.Nothing", "nothing"])
def test_a_pipeline_that_cannot_be_loaded_is_named(path: str) -> None:
    with pytest.raises(
        BadInput, match=f"^ITEM_PIPELINES has {path}, which cannot be loaded"
    ):
        check(ITEM_PIPELINES={path: 1})
