"""End a command with an exit code and at most one line."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import UsageError

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import program
from fpcrawler.console.starting import end_at_start
from fpcrawler.console.streams import (
    discard_unwritten,
    for_log,
    say,
)
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings

_FAILURES = {
    OSError: "{}; free disk space or fix the permissions.",
    MemoryError: "{}; raise --memory or set TMPDIR.",
}
"""Message for an error of the system: neither bad input nor a bug."""

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def one_line_errors(
    command: str,
    *,
    settings: BaseSettings | None = None,
    stopped: str = "stopped",
    failures: Mapping[type[Exception], str] | None = None,
    needs_stdout: bool = True,
) -> Iterator[None]:
    """End ``scrapy COMMAND`` with one line and an exit code if the body raises.

    If the reader of stdout closes it, as ``head`` does, the rest of the body is
    skipped and the command succeeds. SIGTERM stops as ctrl-C does. The line is also
    written to the LOG_FILE of ``settings``. ``failures`` adds messages for further
    exceptions. With ``needs_stdout`` the command fails if the shell has closed
    stdout (``>&-``). A bug keeps its traceback.
    """
    texts = _FAILURES | dict(failures or {})
    try:
        with _stopped_by_signals():
            yield
    except (BadInput, UsageError) as error:
        end(command, str(error), ExitCode.BAD_INPUT, settings)
    except BrokenPipeError:
        discard_unwritten(sys.stdout)
    except KeyboardInterrupt:
        end(command, stopped, ExitCode.STOPPED, settings)
    except tuple(texts) as error:
        if isinstance(error, OSError) and error.errno == errno.EBADF:
            discard_unwritten(sys.stdout)
            if not needs_stdout:
                return
            message = "stdout is closed; redirect it to a file or a program."
        else:
            message = _text_for(error, texts).format(_in_words(error))
        end(command, message, ExitCode.FAILED, settings)


@contextmanager
def bad_values_refused() -> Iterator[None]:
    """Turn Scrapy's ValueError for an unreadable setting into BadInput."""
    try:
        yield
    except ValueError as error:
        raise BadInput(str(error)) from error


def speak_for(parser: argparse.ArgumentParser, command: str) -> None:
    """Let a parser end with one line, and name the program as the user called it."""
    parser.error = partial(refuse, command)  # type: ignore[method-assign]  # exit code 1
    parser.usage = (parser.usage or "").replace("scrapy ", f"{program()} ")


def refuse(command: str, message: str) -> NoReturn:
    """End ``scrapy COMMAND`` with the exit code for bad input."""
    end(command, message, ExitCode.BAD_INPUT)


def end(
    command: str, message: str, code: ExitCode, settings: BaseSettings | None = None
) -> NoReturn:
    """End ``scrapy COMMAND`` with a message and an exit code."""
    text = " ".join(message.split()) or "the command line is incomplete"
    say_and_log(f"{program()} {command}: {text}\n", code, settings)
    sys.exit(code)


def say_and_log(text: str, code: ExitCode, settings: BaseSettings | None) -> None:
    """Write how a command ends to stderr and to its log; Scrapyd shows only the log."""
    say(text)
    if settings is not None and settings["LOG_FILE"]:
        with (
            suppress(OSError),
            Path(settings["LOG_FILE"]).open("a", encoding="utf-8") as log,
        ):
            log.write(f"{for_log(text)}exit    {code} ({code.name.lower()})\n")


def _in_words(error: Exception) -> str:
    """Return the text of an error, of the system's without its number."""
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror


def _text_for(error: Exception, texts: Mapping[type[Exception], str]) -> str:
    return next(texts[kind] for kind in type(error).__mro__ if kind in texts)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Make ctrl-C and SIGTERM raise KeyboardInterrupt, unless they have a handler."""
    ours = (signal.SIG_DFL, end_at_start)
    earlier = {number: signal.getsignal(number) for number in _STOPPING}
    replaced = {number: one for number, one in earlier.items() if one in ours}
    for number in replaced:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in replaced.items():
            # A crawl has set its own, which outlive it.
            if signal.getsignal(number) is signal.default_int_handler:
                signal.signal(number, handler)
