from __future__ import annotations

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.exports.instead import check_format

KNOWN = ("json", "jsonl", "csv")


@pytest.mark.parametrize(
    "name", ["a.json", "-:jsonl", "s3://b/k:csv", "a.json.gz:json"]
)
def test_what_a_crawl_writes_passes(name: str) -> None:
    check_format(name, KNOWN)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.parquet", "scrapy export FEED -O a.parquet"),
        ("d/a.sqlite", "scrapy export FEED -O d/a.sqlite"),
        ("a.html", "scrapy report FEED -O a.html"),
        ("a.xml", "a crawl does not write xml; name it .json, .jsonl or .csv"),
        ("-:pickle", "a crawl does not write pickle"),
        ("a", "the name has no suffix"),
        ("s3://b/k", "the name has no suffix"),
    ],
)
def test_any_other_format_names_what_writes_it(name: str, advice: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_format(name, KNOWN)

    assert str(refused.value).startswith(f"feed {name}: ")
    assert advice in str(refused.value)
