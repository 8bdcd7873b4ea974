"""Refuse the components of Scrapy that would write whole pictures to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.pipelines.media import MediaPipeline
from scrapy.utils.misc import load_object
from scrapy.utils.python import global_object_name

from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_OFF = ("0", "False", "false")  # the values that Scrapy reads as off


def check_bodies(settings: BaseSettings) -> None:
    """Raise BadInput for the HTTP cache and for media pipelines."""
    is_cached = settings["HTTPCACHE_ENABLED"]
    if str(is_cached) not in _OFF:
        raise BadInput(
            f"HTTPCACHE_ENABLED is {is_cached!r}, and a cache writes whole pictures to "
            "the disk; set it to False."
        )
    for pipeline, priority in settings.getwithbase("ITEM_PIPELINES").items():
        if priority is not None:
            _check_pipeline(pipeline)


def _check_pipeline(pipeline: str | type) -> None:
    name = pipeline if isinstance(pipeline, str) else global_object_name(pipeline)
    try:
        loaded = load_object(pipeline)
    except (ImportError, NameError, ValueError) as error:
        raise BadInput(
            f"ITEM_PIPELINES has {name}, which cannot be loaded ({error}); correct it."
        ) from error
    if isinstance(loaded, type) and issubclass(loaded, MediaPipeline):
        raise BadInput(
            f"ITEM_PIPELINES has {name}, which writes whole pictures to the disk; "
            "remove it."
        )
