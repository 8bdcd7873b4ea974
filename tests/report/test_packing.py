from __future__ import annotations

import json
import math

from fpcrawler.report.packing import (
    Container,
    Lists,
    Numbers,
    Texts,
    packed_json,
    zipped,
)
from tests.report.pages import inflated, unpacked


def test_columns_come_back_as_they_were() -> None:
    texts, numbers, lists = Texts(), Numbers(), Lists()
    for text in ("jpeg", None, "png", "jpeg"):
        texts.add(text)
    for number in (1.5, None, -48.8566123, 2.0**40):
        numbers.add(number)
    for names in (["a", "b"], [], ["b"], []):
        lists.add(names)
    container = Container(count=4)
    container.put({"format": texts, "latitude": numbers, "lists": lists})
    container.put_members("copies", [[0, 3], [1, 2]])
    head, arrays = unpacked(container.packed())

    assert head["count"] == 4
    assert head["format"] == {"kind": "texts", "values": ["jpeg", "png"]}
    assert arrays["format"] == (1, 0, 2, 1)
    assert math.isnan(arrays["latitude"][1])
    assert arrays["latitude"][2:] == (-48.8566123, 2.0**40)
    assert head["lists"]["values"] == ["a", "b"]
    assert arrays["lists"] == (0, 1, 1)
    assert arrays["lists:starts"] == (0, 2, 2, 3, 3)
    assert arrays["copies:starts"] == (0, 2, 4)


def test_the_same_values_are_packed_the_same() -> None:
    assert zipped(b"x" * 1_000) == zipped(b"x" * 1_000)


def test_half_a_surrogate_pair_does_not_stop_the_report() -> None:
    assert json.loads(inflated(packed_json({"a": "\ud800"}))) == {"a": "?"}
