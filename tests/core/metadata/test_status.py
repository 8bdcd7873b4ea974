from __future__ import annotations

import itertools
from typing import get_args

import pytest

from fpcrawler.core.metadata.status import (
    Kind,
    MetadataStatus,
    Progress,
    Status,
    metadata_status,
    status_of,
)

WHOLE, MISSING = Progress(), Progress(is_missing=True)
CUT = Progress(is_cut=True)
DAMAGED, BOTH = Progress(is_damaged=True), Progress(is_damaged=True, is_missing=True)


@pytest.mark.parametrize(
    ("progress", "is_sought", "status"),
    [
        (None, True, "not-sought"),
        (None, False, "not-sought"),
        (WHOLE, True, "complete"),
        (WHOLE, False, "complete"),
        (MISSING, True, "incomplete"),
        (MISSING, False, "not-sought"),
        (CUT, True, "incomplete"),
        (CUT, False, "incomplete"),
        (DAMAGED, True, "damaged"),
        (DAMAGED, False, "damaged"),
        (BOTH, True, "damaged"),
        (BOTH, False, "damaged"),
    ],
)
def test_the_status_follows_from_what_was_read(
    progress: Progress | None, *, is_sought: bool, status: Status
) -> None:
    assert status_of(progress, is_sought=is_sought) == status


def test_a_kind_is_read_as_far_as_its_places_were_searched() -> None:
    for kind, search in itertools.product(
        (WHOLE, MISSING, CUT, DAMAGED, BOTH), repeat=2
    ):
        progress = kind.after(search)

        assert progress.is_damaged == (kind.is_damaged or search.is_damaged)
        assert progress.is_missing == (kind.is_missing or search.is_missing)
        assert progress.is_cut == (kind.is_cut or search.is_cut)
        assert progress.is_final == (kind.is_final and search.is_final)


def test_every_kind_has_its_own_status() -> None:
    kinds: dict[Kind, Progress] = {
        "exif": WHOLE,
        "xmp": MISSING,
        "iptc": DAMAGED,
        "texts": MISSING,
        "provenance": CUT,
    }

    assert metadata_status(kinds, {"exif", "texts"}) == {
        "exif": "complete",
        "xmp": "not-sought",
        "iptc": "damaged",
        "texts": "incomplete",
        "provenance": "incomplete",
    }


def test_every_status_can_occur() -> None:
    found = metadata_status({"exif": WHOLE, "xmp": MISSING, "iptc": BOTH}, {"xmp"})

    assert {*found.values()} == {*get_args(Status)}
    assert [*found] == [*MetadataStatus.__annotations__]
