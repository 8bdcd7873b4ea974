"""Renderings of one template are different pictures: which verdicts they get."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from hashlib import sha256
from itertools import combinations
from typing import get_args

import pytest
from PIL import Image, ImageChops, features
from scrapy.settings import Settings

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format
from fpcrawler.core.fingerprint.evidence import Fingerprint
from fpcrawler.core.fingerprint.rules import PROVEN
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.scoring import pairs_judged
from fpcrawler.evaluation.templates import Templates
from fpcrawler.evaluation.templating.encodings import ENCODINGS, Encoding, Mode
from fpcrawler.evaluation.templating.pictures import PIXELS, decoded
from fpcrawler.evaluation.templating.renderings import Template, template_of
from tests.pictures import KINDS, drawing, saved

BY_NAME = {encoding.name: encoding for encoding in ENCODINGS}
WIDE = (240, 160)


@cache
def wanted() -> ReadOptions:
    settings = Settings()
    settings.setmodule("fpcrawler.settings")
    return ReadOptions.from_settings(settings)


def template(number: int = 1, count: int = 4) -> Template:
    return template_of(drawing(number, WIDE), count, seed=str(number))


def named(encoding: Encoding) -> str:
    return encoding.name


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("number", range(4))
def test_renderings_differ_in_one_small_box(mode: Mode, number: int) -> None:
    made = template(number)
    pictures = [picture.convert("RGB") for picture in made.renderings(mode)]
    left, top, right, bottom = made.box

    assert 0 <= left < right <= WIDE[0]
    assert 0 <= top < bottom <= top + 16 <= WIDE[1]
    for a, b in combinations(pictures, 2):
        difference = ImageChops.difference(a, b)
        assert difference.getbbox() is not None
        difference.paste(0, made.box)
        assert difference.getbbox() is None


def test_a_palette_is_that_of_all_renderings() -> None:
    palettes = [picture.getpalette() for picture in template().renderings("P")]

    assert palettes[0] is not None
    assert palettes == palettes[:1] * 4


@pytest.mark.untraced
def test_the_same_seed_gives_the_same_files() -> None:
    files = [
        [encoding.encoded(template().renderings(encoding.mode)[1]) for _ in range(2)]
        for encoding in ENCODINGS
    ]

    assert all(first == second for first, second in files)
    assert template(1).texts != template(2).texts


@pytest.mark.parametrize("encoding", ENCODINGS, ids=named)
def test_an_encoding_is_the_format_that_it_is_called(encoding: Encoding) -> None:
    data = encoding.encoded(template().renderings(encoding.mode)[0])

    assert image_format(data[:SNIFF_BYTES]) == encoding.name.split()[0]
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == WIDE


@pytest.mark.skipif(
    not all(map(features.check, ("webp", "avif", "jpg_2000", "libtiff"))),
    reason="this Pillow lacks a format",
)
def test_a_full_pillow_writes_every_format() -> None:
    formats = Counter(name.split()[0] for name in BY_NAME)

    assert [*formats] == ["png", "gif", "bmp", "jpeg", "webp", "tiff", "avif", "jp2"]
    assert [*formats.values()] == [2, 1, 1, 5, 2, 5, 1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_any_kind_becomes_a_template(kind: str) -> None:
    picture = decoded(KINDS[kind](1))

    assert picture is not None
    assert picture.mode == "RGB"


@pytest.mark.untraced
@pytest.mark.parametrize("size", [(2_000, 1_500), (1, 140_000)])
def test_a_large_picture_is_scaled_down(size: tuple[int, int]) -> None:
    picture = decoded(saved(Image.new("L", size), "PNG"))

    assert picture is not None
    assert picture.width * picture.height <= PIXELS
    for encoding in ENCODINGS:
        renderings = template_of(picture, 2, seed="").renderings(encoding.mode)
        assert encoding.encoded(renderings[0])


def test_the_tags_of_the_file_are_not_written_again() -> None:
    bilevel, profile = Image.new("1", WIDE), b"a profile"
    picture = decoded(saved(bilevel, "TIFF", compression="group4", icc_profile=profile))

    assert picture is not None
    for encoding in ENCODINGS:
        rendering = template_of(picture, 2, seed="").renderings(encoding.mode)[0]
        assert profile not in encoding.encoded(rendering)


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", saved(drawing(1), "PNG")[:900], saved(drawing(1), "EPS")],
    ids=["empty", "text", "cut", "EPS"],
)
def test_what_cannot_be_decoded_is_named(data: bytes) -> None:
    templates = Templates(wanted(), 2)
    templates.add("broken", data)

    assert templates.failed == ["broken"]
    assert templates.pictures == 0


def test_a_picture_of_too_many_pixels_is_not_decoded() -> None:
    header = saved(Image.new("1", (1, 1)), "BMP")
    huge = header[:18] + (9_000).to_bytes(4, "little") * 2 + header[26:]

    assert decoded(huge) is None


def test_the_same_picture_makes_one_template() -> None:
    templates = Templates(wanted(), 2)
    picture = drawing(3, WIDE)
    for kind in ("PNG", "BMP", "TIFF"):
        templates.add(kind, saved(picture, kind))

    assert templates.pictures == 1
    assert {*templates.pairs.values()} == {1}


def test_equal_renderings_are_not_counted() -> None:
    templates = Templates(wanted(), 30)
    templates.add("dot", saved(Image.new("RGB", (1, 1)), "PNG"))

    assert templates.pictures == 1
    assert {*templates.pairs.values()} == {0}
    assert templates.called_copies().of == 0


def test_every_pair_is_counted_with_its_verdict() -> None:
    templates = Templates(wanted(), 6)
    data = saved(drawing(5, WIDE), "PNG")
    templates.add("a.png", data)
    picture = decoded(data)
    assert picture is not None
    seed = sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()

    for name in ("bmp", "gif", "jp2 tiled"):
        encoding = BY_NAME[name]
        renderings = template_of(picture, 6, seed=seed).renderings(encoding.mode)
        prints = [read_in_memory(encoding.encoded(one), wanted()) for one in renderings]
        found = [verdict(a, b) for a, b in combinations(prints, 2)]
        counts = Counter(one.name for one in found if one)
        assert templates.pairs[name] == 15
        assert templates.counts(name) == counts
        assert templates.called_copies(name).count == sum(counts[v] for v in PROVEN)
    rate = templates.called_copies()
    assert rate.count == sum(templates.false.values())
    assert rate.of == 15 * len(ENCODINGS)


def test_pairs_have_the_verdicts_of_all_pairs() -> None:
    data = saved(drawing(7, WIDE), "JPEG")
    files = [data, data + b"\0", data[:-40] + bytes(40), saved(drawing(8, WIDE), "BMP")]
    prints = [*(read_in_memory(one, wanted()) for one in files), Fingerprint()]
    judged = {
        (a, b): found.name
        for a, b in combinations(range(len(prints)), 2)
        if (found := verdict(prints[a], prints[b]))
    }

    assert pairs_judged(prints) == judged
    assert judged
