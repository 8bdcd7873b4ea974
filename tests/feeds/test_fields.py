from __future__ import annotations

import pytest
from scrapy.settings import Settings

from fpcrawler import settings as project_settings
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import check_feeds


def check(fields: object, feeds: object = None) -> None:
    settings = Settings()
    settings.setmodule(project_settings)
    settings.set("FEED_EXPORT_FIELDS", fields)
    settings.set("FEEDS", feeds or {})
    check_feeds(settings)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("", "'' is not a field of a record; DATA_FORMAT.md has all."),
        ("foo", "'foo' is not a field of a record; DATA_FORMAT.md has all."),
        ("url,etga", "'etga' is not a field of a record; did you mean etag?"),
        ("url, etag", "' etag' is not a field of a record; did you mean etag?"),
        ({"url": "u", "URL": "u"}, "'URL' is not a field of a record; did you mean"),
        ("etag,image_size", "add url, by which -a resume=, duplicates, match, export"),
    ],
)
def test_a_feed_that_no_command_could_read_is_refused(
    fields: object, sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check(fields)

    assert str(refused.value).startswith(f"FEED_EXPORT_FIELDS: {sentence}")


def test_the_fields_of_one_feed_are_checked_as_well() -> None:
    with pytest.raises(BadInput, match=r"^fields of the feed a\.json: 'foo' is not"):
        check(None, {"a.json": {"format": "json", "fields": ["foo"]}})


@pytest.mark.parametrize("fields", ["url,etag", {"url": "address"}, None])
def test_other_fields_are_written(fields: object) -> None:
    check(fields)
