"""End a command with an exit code and at most one line."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import UsageError

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.streams import (
    forget_what_is_not_written,
    replace_closed_streams,
    say,
)
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_FAILURES = {
    OSError: "{}; make room or permit it.",
    MemoryError: "{}; raise --memory or set TMPDIR.",
}
"""What to say of an error that is neither the user's nor ours."""


@contextmanager
def one_line_errors(
    command: str,
    *,
    settings: BaseSettings | None = None,
    stopped: str = "stopped",
    failures: Mapping[type[Exception], str] | None = None,
    needs_stdout: bool = True,
) -> Iterator[None]:
    """End ``scrapy COMMAND`` in one line, whatever the body raises.

    Who reads stdout may close it, as ``head`` does: then the rest of the body is
    skipped, and all is well. SIGTERM stops as ctrl-C does. What is said is also
    written to the LOG_FILE of ``settings``. ``failures`` adds texts for errors. A
    command that ``needs_stdout`` fails if the shell has closed it (``>&-``).
    """
    texts = _FAILURES | dict(failures or {})
    replace_closed_streams()
    try:
        with _stopped_by_sigterm():
            yield
    except (BadInput, UsageError) as error:
        end(command, str(error), ExitCode.BAD_INPUT, settings)
    except BrokenPipeError:
        forget_what_is_not_written(sys.stdout)
    except KeyboardInterrupt:
        end(command, stopped, ExitCode.STOPPED, settings)
    except tuple(texts) as error:
        if isinstance(error, OSError) and error.errno == errno.EBADF:
            forget_what_is_not_written(sys.stdout)
            if not needs_stdout:
                return
            message = "stdout is closed; have it lead to a file or a program."
        else:
            message = _text_for(error, texts).format(error)
        end(command, message, ExitCode.FAILED, settings)


def refuse(command: str, message: str) -> NoReturn:
    """End ``scrapy COMMAND`` for bad input."""
    end(command, message, ExitCode.BAD_INPUT)


def end(
    command: str, message: str, code: ExitCode, settings: BaseSettings | None = None
) -> NoReturn:
    """End ``scrapy COMMAND``, and say why."""
    text = " ".join(message.split()) or "the command line is not complete"
    tell(f"scrapy {command}: {text}\n", code, settings)
    sys.exit(code)


def tell(text: str, code: ExitCode, settings: BaseSettings | None) -> None:
    """Say how a command ends; in its log as well, for Scrapyd shows only that."""
    replace_closed_streams()
    say(text)
    if settings is not None and settings["LOG_FILE"]:
        with (
            suppress(OSError),
            Path(settings["LOG_FILE"]).open("a", encoding="utf-8") as log,
        ):
            log.write(f"{text}exit    {code} ({code.name.lower()})\n")


def _text_for(error: Exception, texts: Mapping[type[Exception], str]) -> str:
    return next(text for kind, text in texts.items() if isinstance(error, kind))


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Have SIGTERM raise KeyboardInterrupt, unless somebody has it do something."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
