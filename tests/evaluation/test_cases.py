"""Pairs of different pictures that were called the same, and equal files of all kinds.

Each file is read as a crawl reads it: from ranges.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler.core.fingerprint.rules import PROVEN, VerdictName
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.verifying import Verifier
from tests.commands import ROOT
from tests.core.corpus import CORPUS, files

CASES = ROOT.parent / "shared" / "cases"
PAIRS = sorted(CASES.glob("fingerprints/*-a.*"))

CERTAIN = (VerdictName.IDENTICAL, VerdictName.SAME_FILE)


@cache
def wanted() -> ReadOptions:
    settings = Settings()
    settings.setmodule("fpcrawler.settings")
    return ReadOptions.from_settings(settings)


def said(a: Path, b: Path, *, is_verified: bool = False) -> VerdictName | None:
    files = [path.read_bytes() for path in (a, b)]
    pair = [read_in_memory(data, wanted()) for data in files]
    if is_verified:
        pair = Verifier(wanted()).looked_again(pair, files.__getitem__)
    found = verdict(*pair)
    return found.name if found else None


@pytest.mark.parametrize("is_verified", [False, True])
@pytest.mark.skipif(not PAIRS, reason="the cases are missing")
def test_no_two_different_pictures_are_called_the_same(*, is_verified: bool) -> None:
    names = {path.stem.removesuffix("-a"): path for path in PAIRS}
    found = {
        name: said(
            path, path.with_name(f"{name}-b{path.suffix}"), is_verified=is_verified
        )
        for name, path in names.items()
    }
    # One bit of a late scan is beyond what a few kilobytes can show. The second picture
    # of a JPEG is not looked at.
    beyond = {"progressive-one-bit-late-scan", "mpf-large-thumb-other-second"}
    beyond = beyond if is_verified else set()

    assert {name for name, word in found.items() if word in PROVEN} <= beyond
    assert len(found) >= 11


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are missing")
def test_bytes_after_a_picture_do_not_hide_a_copy() -> None:
    plain, *others = sorted(CASES.glob("metadata/M20*"))

    assert [said(plain, other) is not None for other in others] == [True, True]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are missing")
def test_a_second_look_proves_a_copy_with_bytes_after_the_picture() -> None:
    plain, *others = sorted(CASES.glob("metadata/M20*"))

    found = [said(plain, other, is_verified=True) for other in others]

    assert found == [VerdictName.SAME_PICTURE] * 2


@pytest.mark.untraced
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is missing")
def test_equal_files_are_at_least_likely_copies() -> None:
    weak = set()
    for path in files():
        one = read_in_memory(path.read_bytes(), wanted())
        found = verdict(one, one)
        evidence = one.evidence
        is_certain = evidence.ends_in_checksum and not evidence.is_constant_size
        words = CERTAIN if is_certain else (*PROVEN, VerdictName.LIKELY)
        if found is None or found.name not in words:
            weak.add(path.name)

    assert not weak
