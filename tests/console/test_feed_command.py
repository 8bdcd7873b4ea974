from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment

pytestmark = pytest.mark.untraced

CHILD = """
import os, signal, sys, threading, time
from fpcrawler.errors import BadInput
from fpcrawler.console.one_line import one_line_errors
from fpcrawler.console.feed_command import MEMORY
from fpcrawler.console.streams import open_standard_streams

MANY = "range(10_000_000)"
ENDLESS = f"SELECT max(hash(a.range, b.range)) FROM {MANY} AS a, {MANY} AS b"

def interrupted_query(number=signal.SIGINT):
    from fpcrawler.tables.database import database  # DuckDB is slow to import
    try:
        with database(MEMORY) as connection:
            threading.Timer(0.3, os.kill, [os.getpid(), number]).start()
            connection.execute(ENDLESS)
    except KeyboardInterrupt:
        assert threading.active_count() == 1  # the watcher thread has ended
        raise

def terminated_query():
    interrupted_query(signal.SIGTERM)

def terminated():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)

def signalled():
    os.kill(os.getpid(), signal.SIGTERM)

def silent():
    pass

def printed():
    print("x")
    sys.stdout.flush()

def query_of_too_much():
    from fpcrawler.tables.database import database
    with database("10MB") as connection:
        connection.execute("SET temp_directory = ''")
        connection.execute(f"CREATE TABLE t AS SELECT hash(range) FROM {MANY}")

def bad_input():
    raise BadInput("this is\\nwrong.")

def interrupted():
    raise KeyboardInterrupt

def full_disk():
    sys.stdout = open("/dev/full", "w")
    print("x" * 100_000)

def mistake():
    raise RuntimeError("of the programmer")

open_standard_streams()
with one_line_errors("name"):
    globals()[sys.argv[1]]()
"""


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        ("bad_input", 1, "this is wrong."),
        ("interrupted", 3, "stopped"),
        ("interrupted_query", 3, "stopped"),
        ("terminated", 3, "stopped"),
        ("terminated_query", 3, "stopped"),
        ("query_of_too_much", 4, "raise --memory or set TMPDIR"),
        ("full_disk", 4, "No space left on device"),
    ],
)
def test_the_end_of_a_command_is_one_line(event: str, code: int, words: str) -> None:
    if event == "full_disk" and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")

    child = run(event)

    assert child.returncode == code
    assert child.stderr.startswith("scrapy name: ")
    assert words in child.stderr
    assert child.stderr.count("\n") == 1


def test_a_bug_keeps_its_traceback() -> None:
    assert "RuntimeError: of the programmer" in run("mistake").stderr


def test_sigterm_stays_ignored_where_it_was() -> None:
    child = run("signalled", by='trap "" TERM; exec "$@"')

    assert (child.returncode, child.stderr) == (0, "")


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [("silent", 0, ""), ("printed", 4, "scrapy name: stdout is closed; ")],
)
def test_stdout_may_be_closed_until_it_is_needed(
    event: str, code: int, words: str
) -> None:
    child = run(event, by='exec "$@" >&-')

    assert child.returncode == code
    assert child.stderr.startswith(words)
    assert child.stderr.count("\n") == bool(words)


def test_the_exit_code_is_right_with_stderr_closed() -> None:
    child = run("bad_input", by='exec "$@" 2>&-')

    assert (child.returncode, child.stdout) == (1, "")


def run(event: str, by: str = 'exec "$@"') -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", by, "sh", sys.executable, "-c", CHILD, event],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
