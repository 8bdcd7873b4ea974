"""Check settings of Scrapy that it reads only when the crawl has begun."""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from fpcrawler.errors import BadInput
from fpcrawler.input.value_types import DEFAULTS

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_PATH = re.compile(r"[a-z]\w*(\.\w+)+", re.ASCII)

_OBJECTS = {
    name
    for name, default in vars(default_settings).items()
    if name.isupper() and isinstance(default, str) and _PATH.fullmatch(default)
} - {"REFERRER_POLICY"}  # it may be a name
"""Settings whose value is the import path of a class."""

_COMPONENTS = (
    *("EXTENSIONS", "ITEM_PIPELINES", "DOWNLOADER_MIDDLEWARES"),
    *("SPIDER_MIDDLEWARES", "ADDONS"),
)
"""Settings that map a class to its place."""

_POLICIES = (  # Referrer Policy section 3, and Scrapy's own
    *("no-referrer", "no-referrer-when-downgrade", "same-origin", "origin"),
    *("strict-origin", "origin-when-cross-origin"),
    *("strict-origin-when-cross-origin", "unsafe-url", "scrapy-default"),
)
_ENCODINGS = ("LOG_ENCODING", "HTTPPROXY_AUTH_ENCODING")
_NUMBERS = ("RETRY_HTTP_CODES", "HTTPERROR_ALLOWED_CODES", "TELNETCONSOLE_PORT")
_TLS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
_WORDS = {
    "DOWNLOAD_TLS_MIN_VERSION": _TLS,
    "DOWNLOAD_TLS_MAX_VERSION": _TLS,
    "DOWNLOADER_CLIENT_TLS_METHOD": ("TLS", *_TLS[:3]),
    "DEFAULT_DROPITEM_LOG_LEVEL": _LEVELS,
    "RETRY_GIVE_UP_LOG_LEVEL": _LEVELS,
}
"""Setting to the texts that it may be."""


def check_scrapy_settings(settings: BaseSettings) -> None:
    """Raise BadInput for a value that Scrapy could not use."""
    for name, path in _named_objects(settings):
        _check_object(name, path)
    for name in _ENCODINGS:
        _check_encoding(name, settings[name])
    for name in _NUMBERS:
        for text in settings.getlist(name):
            if not re.fullmatch(r"\s*\d{1,5}\s*", str(text), re.ASCII):
                raise BadInput(
                    f"{name} has {text!r}; use whole numbers, separated by commas."
                )
    for name, words in _WORDS.items():
        value = settings[name]
        if isinstance(value, str) and value not in words:
            raise BadInput(f"{name} is {value!r}; use one of {', '.join(words)}.")
    _check_packages(settings)
    _check_log_format(settings["LOG_FORMAT"])
    _check_referrer_policy(settings["REFERRER_POLICY"])
    _check_ciphers(settings["DOWNLOADER_CLIENT_TLS_CIPHERS"])
    if settings["HTTPAUTH_USER"] or settings["HTTPAUTH_PASS"]:
        _check_login(settings["HTTPAUTH_DOMAIN"])


def _named_objects(settings: BaseSettings) -> Iterator[tuple[str, Any]]:
    """Yield setting and import path, of those that have not their default."""
    for name in (*sorted(_OBJECTS), "ASYNCIO_EVENT_LOOP", "FEED_URI_PARAMS"):
        if settings[name] not in (None, DEFAULTS[name]):
            yield name, settings[name]
    for name in _COMPONENTS:
        for path, place in settings.getdict(name).items():
            if place is not None and path not in DEFAULTS[name]:
                yield name, path
    for path in settings.getlist("RETRY_EXCEPTIONS"):
        if path not in DEFAULTS["RETRY_EXCEPTIONS"]:
            yield "RETRY_EXCEPTIONS", path


def _check_object(name: str, path: Any) -> None:
    if not isinstance(path, str):
        return  # the object itself
    try:
        load_object(path)
    except (ImportError, NameError, ValueError):
        default = DEFAULTS[name]
        example = default if isinstance(default, str) else "package.module.Name"
        raise BadInput(
            f"{name} is {path!r}, which cannot be imported; use a path such as "
            f"{example}."
        ) from None


def _check_encoding(name: str, value: Any) -> None:
    try:
        "".encode(str(value))
    except (LookupError, ValueError):
        raise BadInput(f"{name} is {value!r}; use an encoding such as utf-8.") from None


def _check_packages(settings: BaseSettings) -> None:
    """Raise BadInput for packages and modules that are not installed."""
    for name in settings.getlist("LOG_VERSIONS"):
        if name not in DEFAULTS["LOG_VERSIONS"]:
            try:
                version(name)
            except (PackageNotFoundError, ValueError):
                raise BadInput(
                    f"LOG_VERSIONS has {name!r}, which is not installed; remove it."
                ) from None
    for name in settings.getlist("SPIDER_MODULES"):
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            spec = None
        if spec is None:
            raise BadInput(
                f"SPIDER_MODULES has {name!r}, which cannot be imported; remove it."
            )


def _check_referrer_policy(policy: Any) -> None:
    if isinstance(policy, str) and policy.lower() not in _POLICIES:
        try:
            load_object(policy)
        except (ImportError, NameError, ValueError):
            raise BadInput(
                f"REFERRER_POLICY is {policy!r}; use one of {', '.join(_POLICIES)}."
            ) from None


def _check_log_format(value: Any) -> None:
    with suppress(ValueError):
        logging.Formatter(value)
        return
    raise BadInput(
        f"LOG_FORMAT is {value!r}; use a format of Python's logging, such as "
        "'%(levelname)s: %(message)s'."
    )


def _check_ciphers(value: Any) -> None:
    with suppress(ssl.SSLError, TypeError):
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(value)
        return
    raise BadInput(
        f"DOWNLOADER_CLIENT_TLS_CIPHERS is {value!r}; use a list of ciphers as "
        "OpenSSL writes it, such as DEFAULT."
    )


def _check_login(domain: Any) -> None:
    """Raise BadInput if a password would go to each site of the crawl."""
    if domain is None:
        raise BadInput(
            "HTTPAUTH_USER and HTTPAUTH_PASS need HTTPAUTH_DOMAIN; name the domain "
            "that may get them."
        )
