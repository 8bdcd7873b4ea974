"""The import contract of pyproject.toml, what it forbids, and what tests import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT

pytestmark = pytest.mark.untraced

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; "
LINT_IMPORTS += "sys.exit(lint_imports_command())"


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
    )


def test_the_contract_holds() -> None:
    found = linted(ROOT)

    assert found.returncode == 0, found.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what is linted to a place where it can be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fpcrawler", tmp_path / "fpcrawler", ignore=ignored)
    return tmp_path


def test_what_it_forbids_is_found(copy: Path) -> None:
    forbidden = ["scrapy", "twisted", "asyncio", "socket", "pathlib"]
    spoilt = copy / "fpcrawler/core/file/spoilt.py"
    spoilt.write_text("".join(f"import {name}\n" for name in forbidden))
    circle = copy / "fpcrawler/core/file/formats.py"
    circle.write_text(f"from fpcrawler import items\n{circle.read_text()}")

    found = linted(copy)

    assert found.returncode == 1
    for name in forbidden:
        assert f"core is not allowed to import {name}" in found.stdout
    assert "core is not allowed to import fpcrawler.items" in found.stdout


COLLECTED = """
import sys, pytest
options = ["--collect-only", "-qq", "-p", "no:cacheprovider"]
assert pytest.main([*options, "tests/core"]) == 0
slow = {"duckdb", "moto", "scrapy", "stem", "twisted"}
sys.exit(", ".join(sorted(slow & sys.modules.keys())) or 0)
"""


def test_tests_of_the_core_import_nothing_slow() -> None:
    collected = subprocess.run(
        [sys.executable, "-c", COLLECTED],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": ""},  # its coverage is not of the tests
        capture_output=True,
        check=False,
        text=True,
    )

    assert collected.returncode == 0, collected.stderr
