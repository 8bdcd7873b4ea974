"""Render the page: one file, whose own policy forbids it to load or send anything."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from fpcrawler.report.bundle import bundled
from fpcrawler.report.packing import zipped

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ASSETS = files("fpcrawler.report") / "assets"
_LIBRARIES = ("d3-array.min.js", "d3-geo.min.js", "topojson-client.min.js")
_ATLAS = "countries-50m.json"
_STYLES = ("base.css", "shell.css", "views.css", "detail.css", "print.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What differs between two reports.

    ``table`` is a container of ``packing``, ``blocks`` are those of ``details``, all
    in base64. ``created``: UTC, ``YYYY-MM-DD HH:MM``. ``runs``: a line for each run
    that has written the feeds.
    """

    title: str
    created: str
    count: int
    runs: Sequence[str]
    has_tags: bool
    table: str
    blocks: Sequence[str]


def rendered(contents: Contents) -> Iterable[str]:
    """Return the parts of the page."""
    scripts = [_text("vendor", name) for name in _LIBRARIES]
    scripts.append(_script())
    style = "\n".join(_text("style", name) for name in _STYLES)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_text("page.html"))
    return template.generate(
        contents=contents,
        policy=_policy(scripts, style),
        # The project's own files, none with an end tag: the only texts not escaped.
        scripts=[Markup(script) for script in scripts],  # noqa: S704
        style=Markup(style),  # noqa: S704
        atlas=zipped(_file("vendor", _ATLAS).read_bytes()),
    )


def _policy(scripts: Iterable[str], style: str) -> str:
    """Return the Content-Security-Policy (CSP Level 3); trusted types: no markup."""
    hashes = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _script() -> str:
    modules = {
        file.name.removesuffix(".js"): file.read_text("utf-8")
        for file in (_ASSETS / "app").iterdir()
        if file.name.endswith(".js")
    }
    return f'"use strict";\n{{\n{bundled(modules, "main")}}}\n'


def _text(*names: str) -> str:
    return _file(*names).read_text("utf-8")


def _file(*names: str) -> Traversable:
    return _ASSETS.joinpath(*names)
