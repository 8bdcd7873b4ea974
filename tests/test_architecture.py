"""ARCHITECTURE.md is about the tree as it is."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.commands import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "fpcrawler"


@pytest.mark.parametrize(
    "path", sorted({*re.findall(r"`((?:fpcrawler|tests)/[^`]+)`", TEXT)})
)
def test_every_path_exists(path: str) -> None:
    # NAME stands for the name of what is added.
    assert [*ROOT.glob(path.replace("NAME", "*"))]


def test_every_folder_has_a_line() -> None:
    folders = {
        f"{path.parent.relative_to(PACKAGE)}/"
        for pattern in ("*/__init__.py", "core/*/__init__.py")
        for path in PACKAGE.glob(pattern)
    }

    assert {*re.findall(r"^\| `([a-z/]+/)` \|", TEXT, re.MULTILINE)} == folders


def test_every_file_of_the_picture_exists() -> None:
    picture = TEXT.split("```")[1]
    names = {path.name for path in PACKAGE.rglob("*.py")}

    assert {*re.findall(r"\w+\.py", picture)} <= names


def test_the_order_of_imports_is_the_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = config["tool"]["importlinter"]["contracts"][0]
    (order,) = re.findall(r"`(core <[^`]+)`", TEXT)
    told = [{*re.findall(r"\w+", layer)} for layer in order.split("<")]

    assert told == [
        {*re.findall(r"\w+", layer)} for layer in reversed(contract["layers"])
    ]
