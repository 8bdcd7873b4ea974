"""What a crawl logs neither controls a terminal nor shows a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run_scrapy
from tests.servers.s3 import refusing

FEED = "s3://bucket/\x1b[31m\u202e.json"


@pytest.mark.parametrize("log", ["", "crawl.log"])
def test_the_log_of_a_crawl_has_neither_controls_nor_secrets(
    tmp_path: Path, log: str
) -> None:
    settings = f"LOG_FILE={log}", "AWS_SESSION_TOKEN=hunter3", "RETRY_TIMES=0"
    with refusing() as env:
        child = run_scrapy(
            *("crawl", "images", "-a", "urls=http://127.0.0.1:1/nope?token=hunter5"),
            *("-O", FEED, "-L", "DEBUG"),
            *(part for each in settings for part in ("-s", each)),
            cwd=tmp_path,
            env={**env, "TMPDIR": str(tmp_path)},
        )
    text = (tmp_path / log).read_text() if log else child.stderr

    assert "/nope?token=…" in text
    assert "bucket/\\x1b[31m\\u202e.json is not stored" in text
    assert "'AWS_SESSION_TOKEN': '…'" in text
    assert "hunter" not in text + child.stderr
    assert not {"\x1b", "\u202e"} & {*text, *child.stderr}


def test_the_name_of_an_unknown_command_is_escaped(tmp_path: Path) -> None:
    child = run_scrapy("cr\x1b[31mX", cwd=tmp_path)

    assert "Unknown command: cr\\x1b[31mX\n" in child.stdout
