"""Check the arguments and options of ``scrapy evaluate`` before the crawl."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from fpcrawler.core.file import contents
from fpcrawler.errors import BadInput
from fpcrawler.feeds.outputs import Output

_RENDERINGS = range(2, 1_001)
"""Of a template; the pairs to compare grow with the square."""

_DRAWINGS = (".svg", ".png")


def check_folder(args: list[str]) -> None:
    """Raise BadInput unless ``args`` is one readable folder."""
    if len(args) != 1:
        given = " ".join(args) or "nothing"
        raise BadInput(f"name one folder, not {given!r}: scrapy evaluate DIR.")
    folder = Path(args[0])
    if not folder.is_dir():
        raise BadInput(f"{args[0]!r} is not a folder; name a folder of images.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise BadInput(
            f"{args[0]!r} cannot be read; fix its permissions or name another."
        )


def check_templates(renderings: int | None) -> None:
    """Raise BadInput for a number of renderings that cannot be made."""
    if renderings is None:
        return
    if renderings not in _RENDERINGS:
        raise BadInput(
            f"--templates is {renderings}; "
            f"use a number from {_RENDERINGS[0]} to {_RENDERINGS[-1]}."
        )
    _check_installed("--templates", "pillow", module="PIL")


def _check_installed(option: str, package: str, *, module: str) -> None:
    if find_spec(module) is None:
        raise BadInput(
            f"{option} needs the package {package}; "
            "install it with: pip install -r requirements-evaluate.txt."
        )


def check_writable(opts: argparse.Namespace) -> None:
    """Raise BadInput for an output file that cannot be written."""
    if opts.curve:
        if Path(opts.curve).suffix.lower() not in _DRAWINGS:
            raise BadInput(
                f"--curve is {opts.curve!r}; name a file that ends with .svg or .png."
            )
        _check_installed("--curve", "matplotlib", module="matplotlib")
    outputs = {"--curve": opts.curve, "-O": opts.output}
    for option, name in outputs.items():
        if name and not _is_writable(Path(name)):
            raise BadInput(
                f"{option} is {name!r}, which cannot be written; name another file."
            )


def outputs_of(opts: argparse.Namespace) -> Iterator[Output]:
    """Yield the files that the options name, with what may be overwritten."""
    for option, name, holds in (
        ("-O", opts.output, contents.holds_evaluation),
        ("--curve", opts.curve, contents.holds_curve),
    ):
        if name:
            kind = f"earlier output of {option}"
            yield Output(option=option, path=Path(name), kind=kind, holds=holds)


def _is_writable(path: Path) -> bool:
    if path.is_dir():
        return False
    target = path if path.exists() else path.absolute().parent
    return target.exists() and os.access(target, os.W_OK)
