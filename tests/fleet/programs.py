"""A program that submitted lists and results of tests are of."""

from __future__ import annotations

from fpcrawler.fleet.program import Program

PROGRAM = Program(version="1.0", code_sha256="c" * 64, settings={"A": "1", "B": "2"})
