from __future__ import annotations

import pytest

from fpcrawler.core.metadata.claims import Action
from fpcrawler.core.metadata.provenance import (
    Provenance,
    created_as,
    with_source_type,
)

XMP = "Iptc4xmpExt:DigitalSourceType"


@pytest.mark.parametrize(
    ("signed", "xmp", "source_type"),
    [
        ("signed", {XMP: "stated"}, "signed"),
        (None, {XMP: "stated"}, "stated"),
        (None, {"Iptc4xmpExt:DigitalSourcefileType": "older"}, "older"),
        (None, {XMP: "", "Iptc4xmpExt:DigitalSourcefileType": "older"}, "older"),
        (None, {"dc:type": "Image"}, None),
    ],
)
def test_the_source_type_is_that_of_the_claim_before_xmp(
    signed: str | None, xmp: dict[str, str], source_type: str | None
) -> None:
    provenance = with_source_type(Provenance(digital_source_type=signed), xmp)

    assert provenance.digital_source_type == source_type


@pytest.mark.parametrize(
    ("actions", "source_type"),
    [
        ([], None),
        ([Action(action="c2pa.opened")], None),
        ([Action(action="c2pa.edited", digital_source_type="edited")], "edited"),
        (
            [
                Action(action="c2pa.edited", digital_source_type="edited"),
                Action(action="c2pa.created", digital_source_type="created"),
            ],
            "created",
        ),
    ],
)
def test_the_source_type_is_that_of_the_creation(
    actions: list[Action], source_type: str | None
) -> None:
    assert created_as(actions) == source_type
