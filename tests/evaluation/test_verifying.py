from __future__ import annotations

from functools import cache

import pytest
from PIL import Image
from scrapy.settings import Settings

from fpcrawler.core.file.extents import JOIN_GAP
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.retagging import Edit, retagged
from fpcrawler.evaluation.verifying import SecondLook, Verifier
from tests.pictures import drawing, saved


@cache
def wanted() -> ReadOptions:
    settings = Settings()
    settings.setmodule("fpcrawler.settings")
    return ReadOptions.from_settings(settings)


@cache
def noise() -> Image.Image:
    return Image.effect_noise((500, 300), 80).convert("RGB")


@cache
def photo() -> bytes:
    return saved(noise(), "JPEG", quality=80)


def looked(*files: bytes) -> tuple[VerdictName | None, VerdictName | None, SecondLook]:
    """Return the verdicts on two files before and after a second look, and its cost."""
    verifier = Verifier(wanted())
    before = [read_in_memory(data, wanted()) for data in files]
    one = verdict(*before)
    other = verdict(*verifier.looked_again(before, files.__getitem__))
    name, other_name = (one.name if one else None), (other.name if other else None)
    return name, other_name, verifier.total()


@pytest.mark.parametrize("edit", ["tag changed", "large profile added", None])
def test_a_copy_with_other_tags_or_bytes_after_it_is_proven(edit: Edit | None) -> None:
    copy = retagged(photo(), edit) if edit else photo() + bytes(200)
    assert copy is not None

    before, after, cost = looked(photo(), copy)

    assert before in {VerdictName.LIKELY, VerdictName.SAME_HEAD}
    assert after is VerdictName.SAME_PICTURE
    assert cost.images == 2
    # An end for each length, and four blocks of each image.
    assert cost.requests <= 10
    # Near ones are joined, with what lies between; an end may be that of the trailer.
    joined = 10 - cost.requests
    assert cost.bytes <= 10 * 1_024 + 200 + joined * JOIN_GAP


def test_copies_with_many_different_bytes_after_them_are_proven() -> None:
    files = [photo() + bytes(300 * number) for number in range(6)]
    before = [read_in_memory(data, wanted()) for data in files]
    after = Verifier(wanted()).looked_again(before, files.__getitem__)
    found = [verdict(after[0], other) for other in after[1:]]

    assert {one and one.name for one in found} == {VerdictName.SAME_PICTURE}


@pytest.mark.parametrize("writer", ["JPEG", "WEBP", "AVIF", "GIF"])
def test_an_equal_file_is_proven(writer: str) -> None:
    data = saved(noise(), writer)

    assert looked(data, data)[:2] == (VerdictName.LIKELY, VerdictName.SAME_FILE)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(saved(noise(), "BMP"), id="not compressed"),
        pytest.param(
            saved(noise(), "TIFF", compression="tiff_lzw"), id="coded in strips"
        ),
        pytest.param(
            saved(Image.new("RGB", (6_000, 6_000)), "JPEG", quality=90), id="thin"
        ),
    ],
)
def test_what_a_look_cannot_prove_stays_likely(data: bytes) -> None:
    assert looked(data, data)[:2] == (VerdictName.LIKELY, VerdictName.LIKELY)


def test_a_byte_in_a_block_separates() -> None:
    other = bytearray(photo())
    (at,) = (len(other) - 1_024 - 600,)  # in the last block, before the end
    other[at] ^= 1 if other[at] not in (0xFE, 0xFF) else 2

    assert looked(photo(), bytes(other))[:2] == (
        VerdictName.LIKELY,
        VerdictName.SAME_HEAD,
    )


def test_no_second_look_is_taken_at_what_is_proven_or_alone() -> None:
    png = saved(drawing(2), "PNG")

    assert looked(png, png)[2] == SecondLook(0, 0, 0)
    assert looked(photo(), png)[2] == SecondLook(0, 0, 0)


def test_a_file_that_is_too_large_to_read_gets_no_second_look() -> None:
    verifier = Verifier(wanted())
    before = [read_in_memory(photo(), wanted())] * 2

    assert verifier.looked_again(before, lambda _: None) == before
    assert verifier.total() == SecondLook(0, 0, 0)
