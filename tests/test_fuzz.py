"""A short run of all fuzzing targets; CONTRIBUTING.md has the long one."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.commands import ROOT

pytestmark = [
    pytest.mark.untraced,
    pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed"),
]


def test_no_input_makes_a_reader_raise(tmp_path: Path) -> None:
    # A busy machine must not fail the test: the long run limits the time of an input.
    limits = ("--stop-after", "6", "--seconds", "60", "--findings", str(tmp_path))
    child = subprocess.run(
        [sys.executable, "-m", "fuzz", "all", *limits],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr
    assert " runs in " in child.stderr


def test_an_input_that_makes_a_reader_raise_is_kept(tmp_path: Path) -> None:
    limits = ("--seconds", "0", "--findings", str(tmp_path))
    child = subprocess.run(
        [sys.executable, "-m", "fuzz", "webp", *limits],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode != 0
    assert "TooSlow" in child.stdout
    assert [path.name[:6] for path in tmp_path.iterdir()] == ["crash-"]
