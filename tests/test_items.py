from __future__ import annotations

from dataclasses import replace

import pytest

from fpcrawler.items import RECORD_FIELDS, ImageRecord
from tests.pipelines.test_pipelines import SAMPLE


def test_a_copy_differs_in_the_given_values_only() -> None:
    before = replace(SAMPLE)

    copy = SAMPLE.but(format="jpeg", width=640)

    assert copy == replace(SAMPLE, format="jpeg", width=640)
    assert before == SAMPLE


def test_a_copy_has_no_unknown_field() -> None:
    with pytest.raises(AttributeError, match="colour"):
        SAMPLE.but(colour="red")


def test_a_record_has_the_values_of_its_sample() -> None:
    record = SAMPLE.record()

    values = {name: getattr(SAMPLE, name) for name in RECORD_FIELDS}
    assert record == ImageRecord(**values)
    assert not hasattr(record, "head")
