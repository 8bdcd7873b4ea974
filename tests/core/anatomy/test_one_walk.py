"""One walk of the container serves the metadata and the picture."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.anatomy import Extent, read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from tests.core.anatomy.test_anatomy import APP1_XMP, XMP, jpeg, segment, texts
from tests.core.corpus import each, files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.untraced
@each(files())
def test_looking_for_the_picture_too_changes_nothing_about_the_metadata(
    path: Path,
) -> None:
    data = path.read_bytes()
    drawn = random.Random(path.name)
    for _ in range(20):
        file = SparseFile(len(data))
        file.add(0, data[: drawn.choice([30, 300, 3_000])])
        for _ in range(5):
            at = drawn.randrange(min(len(data), drawn.choice([9_000, len(data)])))
            file.add(at, data[at : at + drawn.choice([30, 300, 3_000])])
        both, alone = read_anatomy(file, has_picture=True), read_anatomy(file)

        assert replace(both, picture=None, picture_needs=()) == replace(
            alone, picture=None
        )


def test_parameters_that_are_missing_end_the_picture_alone() -> None:
    tables = segment(0xDB, bytes(64))
    data = jpeg(segment(0xE5, bytes(600)), tables, APP1_XMP)
    hole = data.index(tables) + 20
    file = SparseFile(len(data))
    file.add(0, data[:hole])
    file.add(hole + 1, data[hole + 1 :])
    anatomy = read_anatomy(file, has_picture=True)

    assert not anatomy.needs
    assert texts(file, anatomy) == {"xmp": XMP}
    assert anatomy.picture is None
    assert anatomy.picture_needs == (Extent(hole, 1),)
