from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.log_records import SafeFormatter
from fpcrawler.console.one_line import end, say_and_log
from fpcrawler.console.streams import say, write_json, write_text

HOSTILE = (
    "\x1b]0;title\x07 \x9b2J \r\b\0 \u202eevil\u2066 \u200b \ue000 \udcff \ud83d \u2028"
)
"""Escapes of terminals, controls, overrides of direction, halves of pairs, a line."""

PRIVATE = "https://ann:pw@a.example/?token=abc"
MASKED = "https://…@a.example/?token=…"


def is_safe(text: str) -> bool:
    return text.replace("\n", "").isprintable()


def test_stderr_gets_neither_controls_nor_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(f"scrapy crawl: {HOSTILE}\n{PRIVATE}\n")

    written = capsys.readouterr().err
    assert is_safe(written)
    assert written.splitlines()[1:] == [MASKED]


def test_the_line_of_an_error_gets_neither(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        end("crawl", f"{HOSTILE} {PRIVATE}", ExitCode.BAD_INPUT)

    written = capsys.readouterr().err
    assert is_safe(written)
    assert MASKED in written


def test_a_log_file_gets_neither(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    settings = Settings({"LOG_FILE": str(log)})
    say_and_log(f"feed {PRIVATE} {HOSTILE}\n", ExitCode.FAILED, settings)

    written = log.read_text(encoding="utf-8")
    assert is_safe(written)
    assert MASKED in written


def test_a_record_of_the_log_gets_neither_in_its_traceback() -> None:
    with pytest.raises(ValueError, match="evil") as error:
        raise ValueError(f"{HOSTILE} {PRIVATE}")
    record = logging.LogRecord(
        "a", logging.ERROR, "", 0, "%s", (HOSTILE,), error._excinfo
    )

    written = SafeFormatter(logging.Formatter("%(levelname)s %(message)s")).format(
        record
    )
    assert written.startswith("ERROR \\x1b]0;title\\x07 ")
    assert "\nTraceback" in written
    assert is_safe(written)
    assert MASKED in written


def test_stdout_gets_no_controls(capsys: pytest.CaptureFixture[str]) -> None:
    write_text([f"{HOSTILE}\n", "K\xf6ln \u4e2d\n"])

    written = capsys.readouterr().out
    assert is_safe(written)
    assert written.splitlines()[1:] == ["K\xf6ln \u4e2d"]


def test_json_on_stdout_is_escaped_and_means_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"url": PRIVATE, HOSTILE: [HOSTILE, "\U000e0001 \x7f"]}
    write_json([json.dumps(value, indent=4, ensure_ascii=False)])

    written = capsys.readouterr().out
    assert is_safe(written)
    assert json.loads(written) == value
