"""Which program makes the records of a fleet: release, settings and sources."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

import fpcrawler
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_SOURCES = Path(__file__).parents[1]
_DIGITS = 6
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
    """A release of fpcrawler, the SHA-256 of its sources, and a digest of each setting.

    Those of settings are too short to guess a value, which may be a password.
    """

    version: str
    code_sha256: str
    settings: dict[str, str]

    @property
    def sha256(self) -> str:
        """The SHA-256 of all, by which an outcome names its program."""
        return sha256(msgspec.json.encode(self)).hexdigest()

    def difference(self, other: Program) -> str | None:
        """Return how ``other`` differs, for a message; None if it is the same."""
        if self.version != other.version:
            return f"version {other.version} instead of {self.version}"
        if self.code_sha256 != other.code_sha256:
            return "other Python sources"
        names = {name for name, _ in self.settings.items() ^ other.settings.items()}
        if names:
            return f"another value of {', '.join(sorted(names))} in settings.py"
        return None

    def check(self, other: Program, place: str) -> None:
        """Raise OtherProgram if the list at ``place`` was submitted with another."""
        if difference := self.difference(other):
            raise OtherProgram(
                f"the list at {place} was submitted with {difference}; install the "
                f"same on all machines."
            )


def installed(settings: BaseSettings, given: Collection[str]) -> Program:
    """Return the program of this machine.

    ``given``: names of settings that the manifest has, which count there.
    """
    values = {
        name: json.dumps(_plain(attribute.value), sort_keys=True)
        for name, attribute in sorted(settings.attributes.items())
        if attribute.priority >= _PROJECT_PRIORITY
        and name not in given
        and not name.startswith(_OF_A_MACHINE)
    }
    return Program(
        version=fpcrawler.__version__,
        code_sha256=_code_sha256(),
        settings={
            name: sha256(value.encode()).hexdigest()[:_DIGITS]
            for name, value in values.items()
        },
    )


@cache
def _code_sha256() -> str:
    digest = sha256()
    # What settings.py says is in the digest of the settings, if it changes records.
    for path in sorted({*_SOURCES.rglob("*.py")} - {_SOURCES / "settings.py"}):
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
