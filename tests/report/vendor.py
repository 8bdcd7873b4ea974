"""Fetch the report's third-party files from npm, each compared with its SHA-256.

``python -m tests.report.vendor`` writes them to ``fpcrawler/report/assets/vendor``. A
new version is entered in PACKAGES by hand, with the sums of its files. The tests fetch
axe-core, which is in no report and so in no commit.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.commands import ROOT

VENDOR = ROOT / "fpcrawler" / "report" / "assets" / "vendor"

PACKAGES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "d3-array@3.2.5": {
        "dist/d3-array.min.js": (
            "d3-array.min.js",
            "468f7b9ed38d6322083da4d5ae9fa57d47784f964f16dcff96e413d16cc8f9d9",
        ),
        "LICENSE": (
            "d3-array.LICENSE",
            "2a6d2d5f32ba0b755ddbc1c833f766e30cdbe6ebe9a6d4e3e24427721f0b63d3",
        ),
    },
    "d3-geo@3.1.2": {
        "dist/d3-geo.min.js": (
            "d3-geo.min.js",
            "1ea4c9608d0998f6468df3ab313c473bebbe81ba2c542a456b49db90e3672f89",
        ),
        "LICENSE": (
            "d3-geo.LICENSE",
            "3ded44a2c7935c8f5236f0543069406fdf7256b61b9eaeaddd007e80f19bc959",
        ),
    },
    "topojson-client@3.1.0": {
        "dist/topojson-client.min.js": (
            "topojson-client.min.js",
            "25cd02ae486cc5063e0215a4e4cfb15de83700c87ac48bac4d57dc6aaf3ebb89",
        ),
        "LICENSE": (
            "topojson-client.LICENSE",
            "4c4d15b635e04e691825a76db7d33f7f2033b55669a7430011694f31e6c65999",
        ),
    },
    "world-atlas@2.0.2": {
        "countries-50m.json": (
            "countries-50m.json",
            "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394",
        ),
        "LICENSE": (
            "world-atlas.LICENSE",
            "8048290dfdb6e83fbed17e8985c8cfc4ce9da9b842642f3d3e497280790cfa31",
        ),
    },
}
"""Package and version to: file in it, its name here and its SHA-256."""

AXE = "axe-core@4.14.1"
AXE_FILES = {
    "axe.min.js": (
        "axe.min.js",
        "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
    )
}


def sums() -> dict[str, str]:
    """Return the SHA-256 of each committed file by its name."""
    return dict(file for files in PACKAGES.values() for file in files.values())


def has_npm() -> bool:
    """Return whether npm is installed."""
    return shutil.which("npm") is not None


@cache
def axe_script() -> str:
    """Return the script of axe-core."""
    with tempfile.TemporaryDirectory() as name:
        fetch(AXE, AXE_FILES, Path(name))
        return Path(name, "axe.min.js").read_text(encoding="utf-8")


def fetch(package: str, files: Mapping[str, tuple[str, str]], folder: Path) -> None:
    """Write files of a package to a folder; raises ValueError for another sum."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", name, package],
            check=True,
            capture_output=True,
            timeout=120,
        )
        (archive,) = Path(name).glob("*.tgz")
        with tarfile.open(archive) as packed:
            for inner, (target, expected) in files.items():
                file = packed.extractfile(f"package/{inner}")
                data = file.read() if file else b""
                if hashlib.sha256(data).hexdigest() != expected:
                    raise ValueError(f"{package}: {inner} has another SHA-256")
                (folder / target).write_bytes(data)


if __name__ == "__main__":
    for package, files in PACKAGES.items():
        fetch(package, files, VENDOR)
