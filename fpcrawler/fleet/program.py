"""Which program makes the records of a fleet: release, settings and sources."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

import fpcrawler
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_SOURCES = Path(__file__).parents[1]
_PROJECT_PRIORITY = 20
"""SETTINGS_PRIORITIES of Scrapy: settings.py and what overrides it."""
_OF_A_MACHINE = (
    *("AWS_", "CHECK", "FEEDS", "FEED_TEMPDIR", "FEED_URI", "FLEET_", "JOBDIR", "LOG_"),
    *("MEMUSAGE_", "PAGES_FEED", "PLAYWRIGHT_LAUNCH_OPTIONS", "PROJECT"),
    *("PYTHON_SHELL", "STATS_FILE", "TOR_PROXIES", "URLS_FILE"),
)
"""Prefixes of settings that change no record, or that each shard sets anew."""


class OtherProgram(BadInput):
    """A list was submitted with another program than that of this machine."""


class Program(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A release of fpcrawler, with SHA-256 of settings and of Python sources."""

    version: str
    settings_sha256: str
    code_sha256: str

    def difference(self, other: Program) -> str | None:
        """Return how ``other`` differs, for a message; None if it is the same."""
        if self.version != other.version:
            return f"version {other.version} instead of {self.version}"
        if self.code_sha256 != other.code_sha256:
            return "other Python sources"
        if self.settings_sha256 != other.settings_sha256:
            return "another settings.py"
        return None

    def check(self, here: Program, place: str) -> None:
        """Raise OtherProgram if this machine has another program than the list."""
        if difference := self.difference(here):
            raise OtherProgram(
                f"this machine has {difference}, unlike the one that submitted "
                f"the list to {place}; install the same on all machines."
            )


def program_of(settings: BaseSettings, given: Collection[str]) -> Program:
    """Return the program of this machine.

    ``given``: names of settings that the manifest has, which count there.
    """
    values = {
        name: _plain(attribute.value)
        for name, attribute in settings.attributes.items()
        if attribute.priority >= _PROJECT_PRIORITY
        and name not in given
        and not name.startswith(_OF_A_MACHINE)
    }
    text = json.dumps(values, sort_keys=True)
    return Program(
        version=fpcrawler.__version__,
        settings_sha256=sha256(text.encode()).hexdigest(),
        code_sha256=_code_sha256(),
    )


@cache
def _code_sha256() -> str:
    digest = sha256()
    for path in sorted(_SOURCES.rglob("*.py")):
        content = path.read_bytes()
        name = path.relative_to(_SOURCES).as_posix()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _plain(value: object) -> object:
    """Return a value of settings as JSON that is the same in every process."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return sorted(([_plain(k), _plain(v)] for k, v in value.items()), key=str)
        case list() | tuple():
            return [*map(_plain, value)]
        case set() | frozenset():
            return sorted(map(_plain, value), key=str)
    kind = value if hasattr(value, "__qualname__") else type(value)
    return f"{kind.__module__}.{kind.__qualname__}"
