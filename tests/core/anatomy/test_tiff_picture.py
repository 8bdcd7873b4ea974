"""The parameters of a TIFF's picture, as DATA_FORMAT.md spells them."""

from __future__ import annotations

import pytest

from fpcrawler.core.anatomy import read_anatomy
from tests.core.anatomy.test_anatomy import whole
from tests.tiffs import LONG, RATIONAL, SHORT, tiff

FIELDS = (
    (277, SHORT, [3]),
    (258, SHORT, [8, 8, 8]),
    (273, LONG, [8]),
    (279, LONG, [2]),
    (529, RATIONAL, [299, 1000, 587, 1000, 114, 1000]),
    (339, SHORT, [1, 1, 1]),
    (339, SHORT, [2, 2, 2]),
    (700, SHORT, [1]),
    (274, SHORT, [6]),
)
EXPECTED = (b"258=8,8,8", b"277=3", b"339=1,1,1", b"529=299/1000,587/1000,114/1000")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True], ids=["TIFF", "BigTIFF"])
def test_fields_in_any_order_give_the_same_parameters(
    order: str, *, is_big: bool
) -> None:
    data = tiff(*FIELDS, order=order, is_big=is_big)
    picture = read_anatomy(whole(data), has_picture=True).picture

    assert picture is not None
    assert picture.parameters == EXPECTED
