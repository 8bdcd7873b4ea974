"""Check that the value of a setting has the type of its default."""

from __future__ import annotations

from typing import Any

from scrapy.settings import default_settings

from fpcrawler import settings as project_settings
from fpcrawler.errors import BadInput

_BOOLEANS = ("0", "1", "True", "False", "true", "false")  # as Scrapy reads them

_MAY_BE_ZERO = (
    "MIN_IMAGE_SIZE",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_MAXSIZE",
    "RETRY_TIMES",
    "FLEET_RETRY_TIMES",
    "URLLENGTH_LIMIT",
    "METADATA_MAX_REQUESTS",
    "METADATA_MAX_BYTES",
    "FEED_EXPORT_INDENT",
    "PROGRESS_INTERVAL",
    "VERIFY_BLOCKS",
)
"""Of the project's settings; of Scrapy's all may be."""

_MAY_BE_NEGATIVE = (
    "DEPTH_PRIORITY",
    "REDIRECT_PRIORITY_ADJUST",
    "RETRY_PRIORITY_ADJUST",
)

OWN = frozenset(name for name in dir(project_settings) if name.isupper())

DEFAULTS: dict[str, Any] = {
    name: getattr(module, name)
    for module in (default_settings, project_settings)
    for name in dir(module)
    if name.isupper()
}
"""Setting to default, of Scrapy and of this project, which wins."""


def check_type(name: str, value: Any) -> None:
    """Raise BadInput unless a value, or its text, has the type of the default."""
    default = DEFAULTS[name]
    if value is None and name not in OWN:
        return  # Scrapy takes its own default
    if isinstance(default, bool):
        if str(value) not in _BOOLEANS:
            raise BadInput(f"{name} is {value!r}; use True or False.")
    elif isinstance(default, int | float):
        _check_number(name, value, type(default))


def _check_number(name: str, value: Any, kind: type[int | float]) -> None:
    noun = "whole number" if kind is int else "number"
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if name in _MAY_BE_NEGATIVE:
        is_in_range, least = number == number, ""  # noqa: PLR0124 - not nan
    elif name in _MAY_BE_ZERO or name not in OWN:
        is_in_range, least = number >= 0, " of 0 or more"
    else:
        is_in_range, least = number > 0, " above 0"
    if not is_in_range or number == float("inf"):
        raise BadInput(f"{name} is {value!r}; use a {noun}{least}.")
