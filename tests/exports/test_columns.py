from __future__ import annotations

import json
import math

import pytest

from fpcrawler.exports.columns import COLUMNS, TAG_FIELDS, facts_of, tags_of
from fpcrawler.items import RECORD_FIELDS
from tests.exports.records import record_at
from tests.exports.test_tables import BARE, FULL

VALUES = {column.name: column.value_in(FULL) for column in COLUMNS}


def test_every_field_but_the_tags_has_columns_in_the_records_order() -> None:
    fields = list(dict.fromkeys(column.path[0] for column in COLUMNS))

    assert fields == [name for name in RECORD_FIELDS if name not in TAG_FIELDS]
    assert len(VALUES) == len(COLUMNS)


def test_objects_have_a_column_for_each_key_and_lists_are_json() -> None:
    assert VALUES["device_serial"] == "0280401234"
    assert VALUES["provenance_signer_organization"] == "Zoë"
    assert json.loads(str(VALUES["matches"])) == FULL["matches"]
    assert json.loads(str(VALUES["spans"])) == FULL["spans"]


def test_facts_are_what_is_known() -> None:
    facts = facts_of(BARE)

    assert facts == {"url": BARE["url"], "tor": False}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_null(number: float) -> None:
    facts = facts_of(record_at(5.0, 6.0, location={"altitude": number}))

    assert facts.keys() == {"url", "tor", "location_latitude", "location_longitude"}


def test_tags_are_of_all_kinds() -> None:
    assert [*tags_of(FULL)] == [
        *(("exif", name, value) for name, value in FULL["exif"].items()),
        ("xmp", "dc:creator", "Ada; Bob"),
        ("iptc", "By-line", "Ada"),
        ("texts", "parameters", "a cat,\n日本"),
    ]
