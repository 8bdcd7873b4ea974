"""Every package that the code imports is pinned where the code needs it."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.commands import ROOT

OURS = {"benchmarks", "examples", "fpcrawler", "fuzz", "tests"}
WITHOUT_PIN = {"_typeshed", "compression"}
"""What type checkers bring, and a module of Python 3.14's standard library."""


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a file imports, wherever it does."""
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    tops = {name.partition(".")[0] for name in names}
    return tops - sys.stdlib_module_names - OURS - WITHOUT_PIN


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(requirements: str) -> set[str]:
    """Return what a file and those it includes pin; anything else is an error."""
    names = set[str]()
    for line in (ROOT / requirements).read_text().splitlines():
        if line.startswith("-r "):
            names |= pinned(line.removeprefix("-r "))
        else:
            pin = re.fullmatch(r"([\w.-]+)(\[[\w,]+\])?==[\w.]+(; .+)?", line)
            assert pin, f"{requirements}: {line} is not NAME==VERSION"
            names.add(normalized(pin[1]))
    return names


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def unpinned(paths: list[Path], pins: set[str]) -> dict[str, str]:
    """Return each import that no pin covers, with a file that has it.

    A package that is not installed is taken to have the name of its module.
    """
    distributions = packages_distributions()
    return {
        name: str(path.relative_to(ROOT))
        for path in paths
        for name in imported(path)
        if pins.isdisjoint(map(normalized, distributions.get(name, [name])))
    }


@pytest.mark.parametrize(
    ("paths", "requirements"),
    [
        (
            python_files("fpcrawler"),
            ["requirements.txt", "requirements-evaluate.txt", "requirements-js.txt"],
        ),
        (
            [
                *(
                    path
                    for top in ("tests", "benchmarks", "fuzz")
                    for path in python_files(top)
                ),
                *(*python_files("examples"), ROOT / "noxfile.py"),
            ],
            ["requirements-dev.txt"],
        ),
    ],
    ids=["fpcrawler", "the rest"],
)
def test_what_is_imported_is_pinned(paths: list[Path], requirements: list[str]) -> None:
    pins = set[str]().union(*map(pinned, requirements))

    assert unpinned(paths, pins) == {}


def test_an_import_without_a_pin_is_found() -> None:
    paths = [ROOT / "fpcrawler/core/links/page.py"]

    assert "lxml" in unpinned(paths, pinned("requirements.txt") - {"lxml"})
