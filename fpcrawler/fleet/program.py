"""Which program makes the records of a fleet: release, settings and sources."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
_MARK = 6
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The program of this machine; ``marks``: a short digest of each setting."""

    program: Program
    marks: dict[str, str]

    def difference(self, other: Program, marks: dict[str, str]) -> str | None:
        """Return how ``other`` differs, for a message; None if it is the same."""
        here = self.program
        if here.version != other.version:
            return f"version {other.version} instead of {here.version}"
        if here.code_sha256 != other.code_sha256:
            return "other Python sources"
        if here.settings_sha256 != other.settings_sha256:
            others = {name for name, _ in self.marks.items() ^ marks.items()}
            names = ", ".join(sorted(others)) or "a setting"
            return f"another value of {names} in settings.py"
        return None

    def check(self, program: Program, marks: dict[str, str], place: str) -> None:
        """Raise OtherProgram if a list was submitted with another program."""
        if difference := self.difference(program, marks):
            raise OtherProgram(
                f"the list at {place} was submitted with {difference}; install the "
                f"same on all machines."
            )


def installed(settings: BaseSettings, given: Collection[str]) -> Installed:
    """Return the program of this machine.

    ``given``: names of settings that the manifest has, which count there.
    """
    texts = {
        name: json.dumps(_plain(attribute.value), sort_keys=True)
        for name, attribute in settings.attributes.items()
        if attribute.priority >= _PROJECT_PRIORITY
        and name not in given
        and not name.startswith(_OF_A_MACHINE)
    }
    text = json.dumps(texts, sort_keys=True)
    program = Program(
        version=fpcrawler.__version__,
        settings_sha256=_digest(text),
        code_sha256=_code_sha256(),
    )
    # Too short to guess the value, which may be a password.
    marks = {name: _digest(text)[:_MARK] for name, text in texts.items()}
    return Installed(program=program, marks=marks)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


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
