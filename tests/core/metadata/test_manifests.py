from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.metadata.claims import MAX_TEXT_CHARS, Action
from fpcrawler.core.metadata.manifests import MAX_ACTIONS, StoreReading, read_store
from fpcrawler.core.metadata.plain_text import CUT
from fpcrawler.core.metadata.provenance import Provenance
from tests.core.metadata import stores
from tests.core.metadata.boxes import (
    Parts,
    actions,
    box,
    cbor_box,
    claim,
    store,
    superbox,
    thumbnail,
)
from tests.core.metadata.signed import (
    JXL,
    MANIFEST,
    SOURCE_TYPE,
    SVG,
    expected,
    noise,
    read_by_c2pa,
    sign,
)


def picture(mime_type: str, side: int) -> bytes:
    return JXL if mime_type == "image/jxl" else noise(mime_type[6:].upper(), side)


def read(data: bytes, extents: list[Extent] | None = None) -> StoreReading:
    file = SparseFile(len(data))
    file.add(0, data)
    return read_store(Block(file, extents or [Extent(0, len(data))]))


def fetched(
    data: bytes, extents: list[Extent], sample: int = SAMPLE_BYTES
) -> tuple[StoreReading, int, int]:
    """Read from a sample, fetch what is needed; count the requests and their bytes."""
    file = SparseFile(len(data))
    file.add(0, data[:sample])
    block = Block(file, extents)
    requests = received = 0
    while (reading := read_store(block)).needs:
        places = [
            Extent(first, end - first)
            for need in reading.needs
            for place in block.extents(need.first, need.length)
            for first, end in file.holes(place.first, place.length)
        ]
        assert places, "what is needed is here"
        for place in joined(places, size=len(data)):
            requests += 1
            received += place.length
            file.add(place.first, data[place.first : place.end])
    return reading, requests, received


@pytest.mark.parametrize("mime_type", stores.IN)
def test_every_container_gives_what_c2pa_reads(mime_type: str) -> None:
    signed = sign(mime_type, picture(mime_type, 64))

    reading = read(signed, stores.IN[mime_type](signed))

    assert reading == StoreReading(provenance=expected(read_by_c2pa(mime_type, signed)))
    assert reading.provenance.digital_source_type == SOURCE_TYPE


def test_a_store_in_an_svg_gives_what_c2pa_reads() -> None:
    signed = sign("image/svg+xml", SVG, thumbnail=False)

    reading = read(stores.of_svg(signed))

    assert reading.provenance == expected(read_by_c2pa("image/svg+xml", signed))


@pytest.mark.parametrize(
    "mime_type", ["image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif"]
)
def test_a_large_store_takes_two_requests(mime_type: str) -> None:
    signed = sign(mime_type, noise(mime_type[6:].upper(), 300))
    extents = stores.IN[mime_type](signed)
    assert sum(extent.length for extent in extents) > 100_000
    assert len({extent.length for extent in extents[:-1]}) <= 1

    reading, requests, received = fetched(signed, extents)

    assert reading.provenance == expected(read_by_c2pa(mime_type, signed))
    assert requests <= 2
    assert received < 50_000


@pytest.mark.parametrize("sample", [0, 50, 300, 1_000])
def test_a_small_store_takes_one_request(sample: int) -> None:
    data = stores.of_svg(sign("image/svg+xml", SVG, thumbnail=False))

    reading, requests, received = fetched(data, [Extent(0, len(data))], sample)

    assert reading.provenance.signer
    assert requests == 1
    assert received == len(data) - sample


def test_of_many_manifests_the_last_is_read_with_two_requests() -> None:
    """It edits pictures that have manifests of their own."""
    ingredients = tuple(sign("image/jpeg", noise("JPEG", 200 + n)) for n in range(3))
    manifest = MANIFEST | {
        "claim_generator_info": [{"name": "Collage", "version": "9"}],
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {
                    "actions": [
                        {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE},
                        {"action": "c2pa.edited"},
                    ]
                },
            }
        ],
    }
    signed = sign(
        "image/jpeg", noise("JPEG", 64), manifest=manifest, ingredients=ingredients
    )
    extents = stores.in_jpeg(signed)

    reading, requests, _ = fetched(signed, extents)

    assert reading.provenance == expected(read_by_c2pa("image/jpeg", signed))
    assert reading.provenance.generator == "Collage 9"
    assert reading == read(signed, extents)
    assert requests <= 2


def test_a_claim_of_version_1_is_read() -> None:
    manifest = MANIFEST | {"claim_version": 1, "claim_generator": "harbour/1.0"}
    signed = sign("image/jpeg", noise("JPEG", 64), manifest=manifest)
    active = read_by_c2pa("image/jpeg", signed)
    assert active["claim_version"] == 1

    reading = read(signed, stores.in_jpeg(signed))

    assert reading.provenance == expected(active)


def test_actions_before_the_end_of_a_store_are_found() -> None:
    """The claim lists them, so it is known that they are missing."""
    parts = Parts(assertions=[actions("c2pa.opened"), thumbnail(200_000)])
    data = store(Parts().manifest, parts.manifest)

    reading, requests, received = fetched(data, [Extent(0, len(data))], sample=100)

    assert reading == read(data)
    assert reading.provenance.actions == (Action(action="c2pa.opened"),)
    assert requests == 2
    assert received < 50_000


def test_what_is_missing_is_not_damaged() -> None:
    data = store(
        Parts(assertions=[actions("c2pa.opened"), thumbnail(200_000)]).manifest
    )
    file = SparseFile(len(data))
    file.add(0, data[:100])
    file.add(len(data) - 40_000, data[-40_000:])

    reading = read_store(Block(file, [Extent(0, len(data))]))

    assert reading.needs
    assert reading.error is None
    assert reading.provenance == Provenance(c2pa=True, generator="harbour/1.0")


def test_a_manifest_without_actions_has_none() -> None:
    reading = read(store(Parts(assertions=[], claim=claim()).manifest))

    assert reading.provenance == Provenance(
        c2pa=True, generator="harbour/1.0", actions=()
    )


def test_all_lists_of_actions_are_read() -> None:
    more = actions("c2pa.edited", label="c2pa.actions.v2__1")
    listed = claim("c2pa.actions", "c2pa.actions.v2__1")
    parts = Parts(assertions=[actions("c2pa.opened"), more], claim=listed)

    found = read(store(parts.manifest)).provenance.actions

    assert [action.action for action in found or ()] == ["c2pa.opened", "c2pa.edited"]


@pytest.mark.parametrize(
    ("parts", "lost"),
    [
        (
            Parts(claim=superbox(b"c2cl", "", box(b"cbor", b"\xa1"))),
            {"generator": None},
        ),
        (Parts(claim=b""), {"generator": None}),
        (
            Parts([superbox(b"cbor", "c2pa.actions", box(b"cbor", b"\xbf\x61"))]),
            {"actions": ()},
        ),
        (Parts([]), {"actions": None}),
    ],
)
def test_what_is_damaged_does_not_take_the_rest_away(
    parts: Parts, lost: dict[str, Any]
) -> None:
    whole = read(store(Parts().manifest))
    assert whole.error is None

    reading = read(store(parts.manifest))

    assert reading.error
    assert reading.provenance == replace(whole.provenance, **lost)


def test_a_store_that_is_cut_off_is_damaged() -> None:
    data = store(Parts().manifest)

    reading = read(data[:-100])

    assert reading.provenance == Provenance(c2pa=True)
    assert reading.error


@pytest.mark.parametrize(
    ("data", "c2pa", "is_damaged"),
    [
        (superbox(b"json", "c2pa", box(b"json", b"{}")), False, False),
        (store(), True, True),
        (box(b"free", b""), None, True),
        (b"jumb", None, True),
        (b"", None, True),
    ],
    ids=["another JUMBF", "no manifest", "no superbox", "no size", "empty"],
)
def test_what_is_not_a_manifest_store_is_told_apart(
    data: bytes,
    c2pa: bool | None,  # noqa: FBT001
    is_damaged: bool,  # noqa: FBT001
) -> None:
    reading = read(data, [Extent(0, len(data))])

    assert reading.provenance == Provenance(c2pa=c2pa)
    assert bool(reading.error) == is_damaged


def test_a_compressed_manifest_is_not_read() -> None:
    reading = read(store(superbox(b"c2cm", "urn:c2pa:1", box(b"brob", b"cbor..."))))

    assert reading.provenance == Provenance(c2pa=True)
    assert reading.is_given_up


@pytest.mark.parametrize(
    "assertion",
    [
        actions(*(["c2pa.edited"] * (MAX_ACTIONS + 1))),
        actions("c2pa.edited") * 99,
        actions("c2pa." + "x" * MAX_TEXT_CHARS),
        actions("x" * 70_000),
    ],
    ids=["actions", "lists", "a text", "an assertion"],
)
def test_what_is_too_long_is_cut_and_noted(assertion: bytes) -> None:
    reading = read(store(Parts(assertions=[assertion]).manifest))

    found = reading.provenance.actions or ()
    assert reading.is_given_up
    assert len(found) <= MAX_ACTIONS
    assert all(len(action.action) <= MAX_TEXT_CHARS + len(CUT) for action in found)


def test_many_actions_of_one_long_name_stay_small() -> None:
    """An index takes three bytes, the name that it stands for 50,000."""
    value = {
        "softwareAgents": [{"name": "n" * 50_000}],
        "actions": [{"action": "a", "softwareAgentIndex": 0}] * 400,
    }
    parts = Parts(assertions=[cbor_box(b"cbor", "c2pa.actions", value)])

    found = read(store(parts.manifest)).provenance.actions or ()

    assert sum(len(action.software_agent or "") for action in found) < 60_000


@given(st.data())
def test_any_bytes_are_read_in_bounded_steps(data: st.DataObject) -> None:
    raw = bytearray(
        store(Parts(assertions=[thumbnail(70_000)]).manifest, Parts().manifest)
    )
    for _ in range(data.draw(st.integers(1, 6))):
        near = data.draw(st.sampled_from([0, len(raw) - 500]))
        raw[near + data.draw(st.integers(0, 499))] = data.draw(st.integers(0, 255))

    raw += bytes(data.draw(st.sampled_from([0, 9, 70_000])))

    reading, requests, _ = fetched(bytes(raw), [Extent(0, len(raw))], sample=50)

    assert requests <= 20
    assert reading.needs == ()
