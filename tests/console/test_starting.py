from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fpcrawler.console.one_line import one_line_errors
from fpcrawler.console.starting import end_at_start
from tests.commands import environment

CTRL_C = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
"""A module that is found first: the signal comes while it is imported."""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module; those of the folder come before all others."""
    return subprocess.run(
        [sys.executable, "-X", "dev", "-m", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("imported", "program", "words"),
    [
        ("scrapy", "fpcrawler", ["show"]),
        pytest.param(
            *("uvloop", "scrapy", ["show", "a.jpg"]), id="after the options are read"
        ),
    ],
)
def test_ctrl_c_at_the_start_is_one_line(
    tmp_path: Path, imported: str, program: str, words: list[str]
) -> None:
    (tmp_path / f"{imported}.py").write_text(CTRL_C)
    child = run(tmp_path, program, *words)

    assert child.stderr == f"{program}: stopped before the start\n"
    assert child.returncode == 3


def test_nothing_is_printed_after_the_sentence(tmp_path: Path) -> None:
    # -X dev says which event loops were not closed; without it, it depends on chance.
    child = run(tmp_path, "scrapy", "show")

    assert child.returncode == 1
    assert child.stderr.startswith("scrapy show: no image is named")
    assert child.stderr.count("\n") == 1


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_command_raises_on_ctrl_c_and_keeps_a_handler_of_its_own(
    *, is_replaced: bool
) -> None:
    earlier = signal.signal(signal.SIGINT, end_at_start)
    try:
        with one_line_errors("show"):
            inside = signal.getsignal(signal.SIGINT)
            if is_replaced:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        after = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, earlier)

    assert inside is signal.default_int_handler
    assert after == (signal.SIG_IGN if is_replaced else end_at_start)
