"""What conftest.py does for every run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.commands import ROOT

TEST = "tests/known/test_loading.py::test_a_signal_is_not_reported_as_a_bad_list"


@pytest.mark.untraced
def test_sigint_arrives_where_a_shell_had_it_ignored() -> None:
    """A script's ``pytest … &`` starts with SIGINT ignored, and children inherit it."""
    options = ("-n", "0", "-p", "no:cacheprovider")
    command = (sys.executable, "-m", "pytest", *options, TEST)
    child = subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": ""},  # its coverage is not of the tests
        capture_output=True,
        check=False,
        text=True,
    )

    assert child.returncode == 0, child.stdout
