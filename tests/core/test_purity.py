from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import fpcrawler.core

ROOT = Path(__file__).parents[2]
CORE = Path(fpcrawler.core.__path__[0])
MODULES = sorted(
    ".".join(["fpcrawler.core", *path.relative_to(CORE).with_suffix("").parts])
    for path in CORE.rglob("*.py")
    if path.stem != "__init__"
)
PACKAGES = {
    "fpcrawler",
    "fpcrawler.core",
    *(f"fpcrawler.core.{path.parent.name}" for path in CORE.glob("*/__init__.py")),
}
CHILD = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    child = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, str(ROOT), *MODULES],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(json.loads(child.stdout))


def test_every_module_of_the_core_is_looked_at(loaded: set[str]) -> None:
    assert (
        {"fpcrawler.core.file.formats", "fpcrawler.core.exif"} <= set(MODULES) <= loaded
    )


@pytest.mark.parametrize("shell", ["scrapy", "twisted", "asyncio"])
def test_the_core_imports_without(shell: str, loaded: set[str]) -> None:
    assert not {name for name in loaded if name.partition(".")[0] == shell}


def test_the_core_imports_nothing_of_the_project_but_itself(loaded: set[str]) -> None:
    ours = {name for name in loaded if name.partition(".")[0] == "fpcrawler"}

    assert ours == {*PACKAGES, *MODULES}
