from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.feeds.files import find_feeds
from fpcrawler.report.groups import copies, devices
from tests.duplicates.test_devices import NOTE, TAG, image
from tests.duplicates.test_report import A1, A2, B1, B2
from tests.tables.test_feeds import write


def test_copies_are_those_of_scrapy_duplicates(tmp_path: Path) -> None:
    feeds = find_feeds([str(write(tmp_path / "feed.jsonl", A1, B1, A2, B2))])
    numbers = {(each["url"], False): at for at, each in enumerate([A1, B1, A2, B2])}
    groups = copies(feeds, numbers, memory=MEMORY)

    identical, other = groups
    assert identical.facts == {
        "verdict": VerdictName.IDENTICAL,
        "compared": "md5 of the whole file",
        "left": "nothing is left to compare",
    }
    assert other.facts["verdict"] in {*VerdictName} - {VerdictName.IDENTICAL}
    assert [group.members for group in groups] == [[2, 3], [0, 1]]


@pytest.mark.parametrize(("direct", "tor"), [("01", "02"), ("02", "01")])
def test_of_two_routes_only_the_judged_record_is_marked(
    tmp_path: Path, direct: str, tor: str
) -> None:
    device = image("b/1", "Canon", TAG, serial="123")["device"]
    records = (
        {**B1, "device": device, "tor": False},
        {**A1, "device": device, "timestamp": f"2026-11-{direct}T00:00:00"},
        {**A1, "device": device, "timestamp": f"2026-11-{tor}T00:00:00", "tor": True},
    )
    feeds = find_feeds([str(write(tmp_path / "feed.jsonl", *records))])
    numbers = {(B1["url"], False): 0, (A1["url"], False): 1, (A1["url"], True): 2}
    newest = 1 if direct > tor else 2

    for of in (copies, devices):
        (group,) = of(feeds, numbers, memory=MEMORY)
        assert group.members == [0, newest]


def test_devices_have_their_number_names_and_tags(tmp_path: Path) -> None:
    records = (
        image("b/2", "Canon", NOTE, serial="730407016", model="EOS 20D"),
        image("a/1", "Canon", TAG, serial="730407016", model="Canon EOS 20D"),
        image("c/3", "Canon", TAG, serial="730407017"),
    )
    feeds = find_feeds([str(write(tmp_path / "feed.jsonl", *records))])
    numbers = {(each["url"], False): at for at, each in enumerate(records)}
    (group,) = devices(feeds, numbers, memory=MEMORY)

    assert group.members == [0, 1]
    assert group.facts == {
        "kind": "serial",
        "number": "730407016",
        "names": ["Canon EOS 20D"],
        "tags": [TAG, NOTE],
    }
