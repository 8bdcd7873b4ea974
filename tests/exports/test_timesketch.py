from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO

from fpcrawler.exports.timesketch import write_timesketch
from tests.exports.test_tables import BARE, FULL

LOCAL = {**BARE, "taken": {**BARE["taken"], "local": "2026-01-02T03:04:05"}}


def test_a_line_is_an_event_with_what_timesketch_needs() -> None:
    file = BytesIO()
    count = write_timesketch([FULL, BARE, LOCAL], file)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]

    assert count == len(lines) == 4
    assert lines[0]["message"] == 'Picture Taken: "quoted", with a comma.jpg (Canon)'
    assert lines[0]["device_serial"] == "0280401234"
    assert lines[3]["timestamp_desc"] == "Picture Taken (local time, offset unknown)"
    for line in lines:
        assert {"message", "datetime", "timestamp_desc"} <= line.keys()
        assert datetime.fromisoformat(line["datetime"]).utcoffset() is not None
        # Timesketch takes it for microseconds.
        assert "timestamp" not in line
