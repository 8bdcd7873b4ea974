"""The command that ``pip install .`` gives, in a new environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.servers.quirks import GALLERY

SOURCES = ("pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip")
QUIET = ("-q", "--no-deps", "--no-index", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel, install it, and return the folder of its environment.

    What the package requires comes from the environment of the tests.
    """
    pytest.importorskip("pip")
    home = tmp_path_factory.mktemp("installed")
    source, target = home / "source", home / "venv"
    source.mkdir()
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fpcrawler", source / "fpcrawler", ignore=ignored)
    wheel = ("wheel", *QUIET, "--no-build-isolation", "-w", str(home), str(source))
    subprocess.run([*PIP, *wheel], check=True, cwd=home)
    venv.create(target, symlinks=True)
    python = target / "bin" / "python"
    (wheel_file,) = home.glob("*.whl")
    install = ("--python", str(python), "install", *QUIET, str(wheel_file))
    subprocess.run([*PIP, *install], check=True, cwd=home)
    (site,) = target.glob("lib/python*/site-packages")
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))
    return target


def run(installed: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {name: text for name, text in os.environ.items() if name[:6] != "PYTHON"}
    return subprocess.run(
        [installed / "bin" / "fpcrawler", *words],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_crawl_and_its_report_need_no_project(
    installed: Path, tmp_path: Path
) -> None:
    crawl = ("crawl", "images", "-a", f"folder={GALLERY}", "-O", "feed.json")
    crawled = run(installed, tmp_path, *crawl)
    reported = run(installed, tmp_path, "report", "feed.json", "-O", "report.html")

    assert (crawled.returncode, reported.returncode) == (0, 0), reported.stderr
    assert len(json.loads((tmp_path / "feed.json").read_bytes())) > 1
    assert reported.stderr.startswith("fpcrawler report: ")
    assert "<script" in (tmp_path / "report.html").read_text()


def test_the_command_calls_itself_by_its_name(installed: Path, tmp_path: Path) -> None:
    overview = run(installed, tmp_path)
    unknown = run(installed, tmp_path, "crwl")
    nothing = run(installed, tmp_path, "crawl", "images")

    assert "  crawl       Read metadata and fingerprints" in overview.stdout
    assert (unknown.returncode, unknown.stderr) == (
        *(1, "fpcrawler: crwl is not a command; did you mean crawl?\n"),
    )
    assert nothing.returncode == 1
    assert nothing.stderr.startswith("fpcrawler crawl: nothing is named, and urls.txt")
