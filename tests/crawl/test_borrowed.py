"""Each name of Scrapy and Twisted that is not public is still there."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "fpcrawler" / "crawl" / "borrowed.py"
NAMES = [
    (node.module or "", alias.name)
    for node in ast.walk(ast.parse(SOURCE.read_text()))
    if isinstance(node, ast.ImportFrom) and node.module != "__future__"
    for alias in node.names
]
PRIVATE = ("scrapy", "twisted")


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_borrowed_name_is_still_there(module: str, name: str) -> None:
    assert hasattr(import_module(module), name), f"{module} has no {name} any more"


def test_no_other_module_imports_a_private_name() -> None:
    found = []
    for path in SOURCE.parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or path == SOURCE:
                continue
            parts = (node.module or "").split(".")
            private = [
                n for n in (*parts, *(a.name for a in node.names)) if n[0] == "_"
            ]
            if parts[0] in PRIVATE and private:
                found.append((path.name, *private))

    assert found == []
