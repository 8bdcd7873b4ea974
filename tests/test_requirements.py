"""What the code imports is pinned, and what is pinned is locked by hashes."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Set as AbstractSet
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


def pinned(requirements: str) -> dict[str, str]:
    """Return the versions that a file and those it includes pin, by name.

    Anything else in it is an error.
    """
    versions = dict[str, str]()
    for line in (ROOT / requirements).read_text().splitlines():
        if line.startswith("-r "):
            versions |= pinned(line.removeprefix("-r "))
        else:
            pin = re.fullmatch(r"([\w.-]+)(\[[\w,]+\])?==([\w.]+)(; .+)?", line)
            assert pin, f"{requirements}: {line} is not NAME==VERSION"
            versions[normalized(pin[1])] = pin[3]
    return versions


def locked(lock: str) -> dict[str, set[str]]:
    """Return the versions that a lock file has, by name; each has its hashes.

    A package can have several versions, each for other platforms. Anything else but
    comments, such as the address of an index, is an error.
    """
    versions = defaultdict[str, set[str]](set)
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    for line in text.replace("\\\n", "").splitlines():
        entry = re.fullmatch(
            r"([\w.-]+)(?:\[[\w, -]+\])?==([\w.]+)(?: ; [^#@]+?)?"
            r"(?: +--hash=sha256:[0-9a-f]{64})+ *",
            line,
        )
        assert entry, f"{lock}: {line[:90]} is not NAME==VERSION with hashes"
        versions[normalized(entry[1])].add(entry[2])
    return versions


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def unpinned(paths: list[Path], pins: AbstractSet[str]) -> dict[str, str]:
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


@pytest.mark.untraced
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

    assert "lxml" in unpinned(paths, pinned("requirements.txt").keys() - {"lxml"})


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_pin_is_locked_in_its_version(name: str) -> None:
    lock = locked(f"{name}.lock")
    pins = pinned(f"{name}.txt")

    assert {pin: lock[pin] for pin in pins} == {
        pin: {version} for pin, version in pins.items()
    }


def test_the_tests_run_with_the_versions_that_users_install() -> None:
    users, tests = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: tests[name] for name in users} == users
