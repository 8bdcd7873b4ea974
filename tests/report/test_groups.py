from __future__ import annotations

from pathlib import Path

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.feeds.files import find_feeds
from fpcrawler.report.groups import copies, devices
from tests.duplicates.test_devices import NOTE, TAG, image
from tests.duplicates.test_report import A1, A2, B1, B2
from tests.tables.test_feeds import write


def test_copies_are_those_of_scrapy_duplicates(tmp_path: Path) -> None:
    feeds = find_feeds([str(write(tmp_path / "feed.jsonl", A1, B1, A2, B2))])
    numbers = {each["url"]: [at] for at, each in enumerate([A1, B1, A2])}
    numbers[B2["url"]] = [3, 4]  # it was reached directly and through Tor
    groups = copies(feeds, numbers, memory=MEMORY)

    identical, other = groups
    assert identical.facts == {
        "verdict": VerdictName.IDENTICAL,
        "compared": "md5 of the whole file",
        "left": "nothing is left to compare",
    }
    assert other.facts["verdict"] in {*VerdictName} - {VerdictName.IDENTICAL}
    assert [group.members for group in groups] == [[2, 3, 4], [0, 1]]


def test_devices_have_their_number_names_and_tags(tmp_path: Path) -> None:
    records = (
        image("b/2", "Canon", NOTE, serial="730407016", model="EOS 20D"),
        image("a/1", "Canon", TAG, serial="730407016", model="Canon EOS 20D"),
        image("c/3", "Canon", TAG, serial="730407017"),
    )
    feeds = find_feeds([str(write(tmp_path / "feed.jsonl", *records))])
    numbers = {each["url"]: [at] for at, each in enumerate(records)}
    (group,) = devices(feeds, numbers, memory=MEMORY)

    assert group.members == [0, 1]
    assert group.facts == {
        "kind": "serial",
        "number": "730407016",
        "names": ["Canon EOS 20D"],
        "tags": [TAG, NOTE],
    }
