"""``nox -s check`` before a commit, ``nox -s tests`` before a push, ``nox`` for all.

The sessions use the environment that nox is installed in (CONTRIBUTING.md): to
install 130 packages takes longer than the checks.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["all"]

_BIN = Path(sys.executable).parent


@nox.session
def check(session: nox.Session) -> None:
    """Check format, lint, types and imports; run the quick tests of the pure core.

    Tests marked ``untraced`` try thousands of inputs: they are left to ``tests``.
    """
    _lint(session)
    _pytest(session, "-m", "not untraced", "tests/core")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, or those that the arguments after ``--`` name."""
    _pytest(session)


@nox.session(name="all")
def everything(session: nox.Session) -> None:
    """Check all and measure coverage, as ``.ci/run`` does in a fresh environment."""
    _lint(session)
    _pytest(session, "--cov", "--cov-report=term", "--cov-fail-under=95")


@nox.session
def locks(session: nox.Session) -> None:
    """Write the lock files anew after a change of a pin, with hashes of all packages.

    Versions stay as they are locked; ``-- --upgrade`` takes the newest that fit.
    """
    for name, more in (
        ("requirements", ()),
        # What both lock has one version: the tests run with what users install.
        ("requirements-dev", ("--constraint", "requirements.lock")),
    ):
        session.run(
            *(_BIN / "uv", "--no-config", "pip", "compile", "--quiet"),
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            # Without its extras, pip would take a package for another, without hash.
            *("--no-strip-extras", "--no-emit-index-url", "--no-header"),
            *(*more, *session.posargs),
            *("--output-file", f"{name}.lock", f"{name}.txt"),
        )


def _lint(session: nox.Session) -> None:
    session.run(_BIN / "ruff", "format", "--check", ".")
    session.run(_BIN / "ruff", "check", ".")
    session.run(_BIN / "mypy")
    session.run(_BIN / "lint-imports")


def _pytest(session: nox.Session, *arguments: str) -> None:
    session.run(_BIN / "pytest", "-n", "4", *arguments, *session.posargs)
