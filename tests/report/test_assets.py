"""The files that are put into every report."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.report.vendor import VENDOR, fetch, has_npm, sums

ASSETS = VENDOR.parent
OWN = sorted(path for path in ASSETS.rglob("*") if path.suffix in {".js", ".css"})


def test_third_party_files_are_those_of_npm() -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
    }

    assert found == sums()


MODULES = [path for path in OWN if path.suffix == ".js" and path.parent != VENDOR]


@pytest.mark.skipif(not has_npm(), reason="npm is not installed")
def test_a_file_with_another_sum_is_not_written(tmp_path: Path) -> None:
    files = {"LICENSE": ("LICENSE", "0" * 64)}

    with pytest.raises(ValueError, match="LICENSE has another SHA-256"):
        fetch("topojson-client@3.1.0", files, tmp_path)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_asset_ends_its_element_or_changes_its_hash(path: Path) -> None:
    """The parser of HTML ends a script at ``</script`` and drops carriage returns."""
    data = path.read_bytes()

    assert b"</" not in data
    assert b"\r" not in data
    assert b"<!--" not in data


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_makes_markup_or_loads_anything(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\("
        r"|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bImage\(|\bhref\b|\bsrc\b"
    )

    assert re.findall(forbidden, source) == []
    assert len(source.splitlines()) <= 250


def test_names_of_modules_do_not_clash() -> None:
    """They are joined to one scope."""
    pattern = r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)"
    names = [
        name
        for path in MODULES
        for name in re.findall(pattern, path.read_text("utf-8"), re.MULTILINE)
    ]

    assert len(names) > 100
    assert sorted(names) == sorted({*names})
