"""The settings and arguments of a crawl for its record: without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scrapy.settings import default_settings

from fpcrawler.core.web.masking import masked_value

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def changed_settings(settings: BaseSettings) -> dict[str, str]:
    """Return name to value of the settings that differ from the project's defaults."""
    return {
        name: shown_value(name, value)
        for name, value in sorted(settings.copy_to_dict().items())
        if str(value) != str(_default(name))
    }


def shown_value(name: str, value: Any) -> str:
    """Return a value as text; passwords, keys and tokens are ``…``."""
    is_text = isinstance(value, str)
    text = value if is_text else json.dumps(value, default=str, ensure_ascii=False)
    return masked_value(name, text)


def _default(name: str) -> Any:
    # Imported only in a crawl: a default names a file by the process.
    from fpcrawler import settings as project_settings  # noqa: PLC0415

    return getattr(project_settings, name, getattr(default_settings, name, None))
