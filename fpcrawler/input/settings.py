"""Check the settings before the crawl."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.settings import SETTINGS_PRIORITIES

from fpcrawler.core.fingerprint.known import WHOLE
from fpcrawler.core.metadata.status import KINDS
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.passwords import shown
from fpcrawler.errors import BadInput
from fpcrawler.input.lists import ELSEWHERE
from fpcrawler.input.scrapy_settings import check_scrapy_settings
from fpcrawler.input.setting_names import check_names
from fpcrawler.input.value_types import DEFAULTS, check_type

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_CONTACT = re.compile(
    r"https?://[!-'*-~]{4,200}|[!-'*-;=?A-~]{1,64}@[A-Za-z0-9.-]{4,190}", re.ASCII
)
_DEFAULT = SETTINGS_PRIORITIES["default"]

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
    for name in sorted(DEFAULTS):
        check_type(name, settings[name])
    if settings.getint("VERIFY_BLOCKS") > _MOST_BLOCKS:
        raise BadInput(
            f"VERIFY_BLOCKS is {settings['VERIFY_BLOCKS']!r}; use a whole number of 0 "
            f"to {_MOST_BLOCKS}."
        )
    _check_words(settings)
    _check_origin(settings["URLS_FILE_ORIGIN"])
    _check_contact(settings)
    check_scrapy_settings(settings)
    if settings["LOG_FILE"]:
        _check_log_file(Path(settings["LOG_FILE"]))
    if settings["JOBDIR"]:
        _check_jobdir(Path(settings["JOBDIR"]))


def _check_log_file(path: Path) -> None:
    """Raise BadInput for a folder, and for a file in a folder that does not exist."""
    if path.is_dir():
        raise BadInput(f"LOG_FILE is {str(path)!r}, a folder; name a file in it.")
    if not path.absolute().parent.is_dir():
        raise BadInput(f"LOG_FILE is {str(path)!r}; its folder does not exist.")


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
