"""Check the settings before the crawl."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import SETTINGS_PRIORITIES

from fpcrawler import settings as project_settings
from fpcrawler.core.fingerprint.known import WHOLE
from fpcrawler.core.metadata.status import KINDS
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.passwords import shown

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings
from fpcrawler.errors import BadInput
from fpcrawler.input.lists import ELSEWHERE
from fpcrawler.input.setting_names import check_names

_BOOLEANS = ("0", "1", "True", "False", "true", "false")  # as Scrapy reads them

_CONTACT = re.compile(
    r"https?://[!-'*-~]{4,200}|[!-'*-;=?A-~]{1,64}@[A-Za-z0-9.-]{4,190}", re.ASCII
)
_DEFAULT = SETTINGS_PRIORITIES["default"]

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

_MOST_BLOCKS = 4
"""The five ranges of an image (verify/plan.py), without that of its end."""

_WORDS = {
    "ROBOTSTXT_UNREACHABLE": ("disallow", "allow"),
    "PRIVATE_ADDRESSES": ("listed", "deny", "allow"),
    "LOG_LEVEL": ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"),
}
_LISTED_WORDS: Mapping[str, Sequence[str]] = {
    "METADATA_KINDS": tuple(KINDS),
    "LOCAL_DIGESTS": tuple(WHOLE),
}
"""Settings whose value is a list of some of these words."""


def check_settings(settings: BaseSettings, changed: Iterable[str]) -> None:
    """Raise BadInput for a wrong value, or a name among ``changed`` that nothing reads.

    ``changed``: the names of settings on the command line.
    """
    check_names(settings, changed)
    own = {name for name in dir(project_settings) if name.isupper()}
    for name in sorted(own):
        _check_type(name, settings[name], getattr(project_settings, name))
    if settings.getint("VERIFY_BLOCKS") > _MOST_BLOCKS:
        raise BadInput(
            f"VERIFY_BLOCKS is {settings['VERIFY_BLOCKS']!r}; use a whole number of 0 "
            f"to {_MOST_BLOCKS}."
        )
    _check_words(settings)
    _check_origin(settings["URLS_FILE_ORIGIN"])
    _check_contact(settings)
    if (
        settings["LOG_FILE"]
        and not Path(settings["LOG_FILE"]).absolute().parent.is_dir()
    ):
        raise BadInput(
            f"LOG_FILE is {settings['LOG_FILE']!r}; its folder does not exist."
        )
    if settings["JOBDIR"]:
        _check_jobdir(Path(settings["JOBDIR"]))


def _check_words(settings: BaseSettings) -> None:
    """Raise BadInput for a word that is not among the values of its setting."""
    for name, words in _LISTED_WORDS.items():
        for word in settings.getlist(name):
            if word.strip() not in words:
                raise BadInput(f"{name} has {word!r}; use some of {', '.join(words)}.")
    for name, choices in _WORDS.items():
        value = settings[name]
        given = str(value).upper() if name == "LOG_LEVEL" else value
        if given not in choices:
            raise BadInput(f"{name} is {value!r}; use one of {', '.join(choices)}.")


def _check_origin(origin: str) -> None:
    """Raise BadInput for what is neither a web URL nor one of the two words."""
    if origin not in ("", ELSEWHERE) and not is_same_origin(origin, origin):
        raise BadInput(
            f"URLS_FILE_ORIGIN is {origin!r}; use the URL of the list, or {ELSEWHERE}."
        )


def _check_contact(settings: BaseSettings) -> None:
    """Raise BadInput for what nobody can be reached by, or would not be sent."""
    contact = settings["USER_AGENT_CONTACT"] or ""
    if shown(contact) != contact:
        raise BadInput(
            f"USER_AGENT_CONTACT is {shown(contact)!r}, which every site would read; "
            "remove user and password."
        )
    if contact and not _CONTACT.fullmatch(contact):
        raise BadInput(
            f"USER_AGENT_CONTACT is {contact!r}; use a URL such as "
            "https://example.org/crawler, or an e-mail address."
        )
    has_own = (settings.getpriority("USER_AGENT") or 0) > _DEFAULT
    if contact and has_own and settings["USER_AGENT"]:
        raise BadInput(
            f"USER_AGENT is {settings['USER_AGENT']!r}, so USER_AGENT_CONTACT would "
            "not be sent; set one of them."
        )


def _check_jobdir(folder: Path) -> None:
    """Raise BadInput for a folder that does not exist and cannot be created."""
    existing = folder.absolute()
    while not os.path.lexists(existing):
        existing = existing.parent
    if not existing.is_dir():
        raise BadInput(
            f"JOBDIR is {str(folder)!r}, but {existing} is not a folder; name one."
        )
    if not os.access(existing, os.W_OK):
        raise BadInput(
            f"JOBDIR is {str(folder)!r}, but {existing} is not writable; "
            "name another folder."
        )


def _check_type(name: str, value: Any, default: Any) -> None:
    """Raise BadInput unless a value, or its text, has the type of the default."""
    if isinstance(default, bool):
        if str(value) not in _BOOLEANS:
            raise BadInput(f"{name} is {value!r}; use True or False.")
    elif isinstance(default, int | float):
        try:
            number = type(default)(value)
        except (TypeError, ValueError):
            number = -1
        is_large_enough = number >= 0 if name in _MAY_BE_ZERO else number > 0
        if not is_large_enough or number == float("inf"):
            kind = "whole number" if isinstance(default, int) else "number"
            least = "of 0 or more" if name in _MAY_BE_ZERO else "above 0"
            raise BadInput(f"{name} is {value!r}; use a {kind} {least}.")
