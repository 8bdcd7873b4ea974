"""Refuse the name of a setting that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import BaseSettings, default_settings

from fpcrawler import settings as project_settings
from fpcrawler.errors import BadInput
from fpcrawler.input.arguments import ARGUMENTS

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

SETTINGS = frozenset(
    name
    for module in (default_settings, project_settings)
    for name in dir(module)
    if name.isupper()
)
"""The names that have a default; Scrapy and its add-ons read others as well."""

_ALIKE = 0.65
"""The least ratio of difflib for a name that may have been meant."""

_QUOTED = re.compile(rb"""["']([A-Z][A-Z0-9_]{2,})["']""")

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)


def check_names(settings: BaseSettings, names: Iterable[str]) -> None:
    """Raise BadInput for a name that neither Scrapy, an add-on nor this project reads.

    ``names``: those on the command line. ``settings`` name the components of the user.
    """
    for name in names:
        if name not in SETTINGS and name not in (read := _names_read(settings)):
            raise BadInput(f"-s {name} is not a setting; {_advice(name, read)}")


def _advice(name: str, read: Iterable[str]) -> str:
    if name.lower() in ARGUMENTS:
        return f"use -a {name.lower()}=VALUE."
    close = _nearest(name, SETTINGS) or _nearest(name, read)
    return f"did you mean {close[0]}?" if close else "docs/settings.md lists them."


def _nearest(name: str, names: Iterable[str]) -> list[str]:
    return get_close_matches(name.upper().replace("-", "_"), names, n=1, cutoff=_ALIKE)


def _names_read(settings: BaseSettings) -> frozenset[str]:
    """Return what stands in quotes, as a setting does, in Scrapy and its add-ons.

    Add-ons do not list their settings. Their sources are read only for a name without
    a default, so that other crawls need not wait for it.
    """
    files = (*_files_of_addons(), *_files_of_components(settings))
    return frozenset(
        name.decode()
        for file in dict.fromkeys(files)
        for name in _QUOTED.findall(_content(file))
    )


def _files_of_addons() -> Iterator[Path]:
    """Yield the modules of Scrapy and of each installed package that requires it."""
    for distribution in distributions():
        if _requires_scrapy(distribution):
            for file in distribution.files or ():
                if file.suffix == ".py":
                    yield Path(str(distribution.locate_file(file)))


def _requires_scrapy(distribution: Distribution) -> bool:
    """Return whether a package is Scrapy or an add-on; not all of these require it."""
    names = [distribution.metadata["Name"] or "", *(distribution.requires or ())]
    return any(re.match(r"scrapy\b", name, re.IGNORECASE) for name in names)


def _files_of_components(settings: BaseSettings) -> Iterator[Path]:
    """Yield the modules of the classes that settings name, without importing them."""
    for value in settings.values():
        for path in _dotted(value):
            top, *names = path.split(".")[:-1]
            spec = _spec(top)
            folders = (spec and spec.submodule_search_locations) or ()
            yield from (Path(folder, *names).with_suffix(".py") for folder in folders)
            if spec and spec.origin and not names:
                yield Path(spec.origin)


def _dotted(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _DOTTED.findall(value)
    elif isinstance(value, type):
        yield f"{value.__module__}.{value.__qualname__}"
    elif isinstance(value, Mapping):
        for one in (*value.keys(), *value.values()):
            yield from _dotted(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _dotted(one)


def _spec(top: str) -> ModuleSpec | None:
    try:
        return find_spec(top)
    except (ImportError, ValueError):
        return None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
