"""Refuse the components that would write pictures to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.pipelines.media import MediaPipeline
from scrapy.utils.misc import load_object
from scrapy.utils.python import global_object_name

from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_RECORD = "fpcrawler.pipelines.record.RecordPipeline"
_OFF = ("0", "False", "false")  # the values that Scrapy reads as off


def check_bodies(settings: BaseSettings) -> None:
    """Raise BadInput for HTTP caches, media pipelines, and samples without records."""
    is_cached = settings["HTTPCACHE_ENABLED"]
    if str(is_cached) not in _OFF:
        raise BadInput(
            f"HTTPCACHE_ENABLED is {is_cached!r}, and a cache writes whole pictures to "
            "the disk; set it to False."
        )
    pipelines = _loaded(settings, "ITEM_PIPELINES")
    _refuse("ITEM_PIPELINES", pipelines, MediaPipeline)
    if _RECORD not in map(global_object_name, pipelines.values()):
        raise BadInput(
            f"ITEM_PIPELINES has no {_RECORD}, so there would be no records, only "
            "samples with their bytes; add it."
        )
    middlewares = _loaded(settings, "DOWNLOADER_MIDDLEWARES")
    _refuse("DOWNLOADER_MIDDLEWARES", middlewares, HttpCacheMiddleware)


def _loaded(settings: BaseSettings, setting: str) -> dict[str, object]:
    """Return the components of a setting that are on, by name.

    Scrapy's own are left out: of the caches, HTTPCACHE_ENABLED decides.
    """
    loaded = {}
    base = settings.getdict(f"{setting}_BASE")
    for component, priority in settings.getwithbase(setting).items():
        if priority is None or component in base:
            continue
        is_name = isinstance(component, str)
        name = component if is_name else global_object_name(component)
        try:
            loaded[name] = load_object(component)
        except (ImportError, NameError, ValueError) as error:
            raise BadInput(
                f"{setting} has {name}, which cannot be loaded ({error}); correct it."
            ) from error
    return loaded


def _refuse(setting: str, loaded: dict[str, object], kind: type) -> None:
    """Raise BadInput for a component of a kind that writes what it receives."""
    for name, component in loaded.items():
        if isinstance(component, type) and issubclass(component, kind):
            raise BadInput(
                f"{setting} has {name}, which writes whole pictures to the disk; "
                "remove it."
            )
