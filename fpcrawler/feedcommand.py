"""What the commands on feeds have in common."""

from __future__ import annotations

import errno
import re
import signal
import sys
from abc import abstractmethod
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands import ScrapyCommand

from fpcrawler.checks import BadInput
from fpcrawler.exitcodes import ExitCode
from fpcrawler.streams import forget_what_is_not_written, replace_closed_streams

if TYPE_CHECKING:
    import argparse
    from collections import Counter
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MEMORY = "3GB"
"""What DuckDB may hold; beyond it, tables go to a temporary folder."""

_SIZE = re.compile(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", re.IGNORECASE | re.ASCII)


class FeedCommand(ScrapyCommand):
    """A command that reads feeds, fetches nothing and says what is wrong in a line."""

    requires_project = True
    requires_crawler_process = False

    @property
    def name(self) -> str:
        """The command as it is typed."""
        return type(self).__module__.rpartition(".")[2]

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = self._refuse  # type: ignore[method-assign]  # exit code 1
        group = parser.add_argument_group(title="Feeds")
        group.add_argument(
            "--memory",
            metavar="SIZE",
            default=MEMORY,
            help="what tables may take before they go to TMPDIR (default: %(default)s)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with told_in_a_line(self.name):
            feeds = self._without_options(args)
            if not _SIZE.fullmatch(opts.memory):
                message = f"--memory is {opts.memory!r}; use a size such as {MEMORY}."
                raise BadInput(message)
            self.answer(feeds, opts)
            sys.stdout.flush()

    @abstractmethod
    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what was asked; raises BadInput."""

    def write(self, texts: Iterable[str]) -> None:
        """Write for people: what their terminal does not know is escaped."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.writelines(texts)

    def write_json(self, texts: Iterable[str]) -> None:
        """Write for programs: JSON is UTF-8 (RFC 8259 section 8.1)."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.writelines(texts)

    def tell_passed_over(self, passed_over: Counter[Path]) -> None:
        """Say on stderr what was no record."""
        for path, lines in passed_over.items():
            noun = "1 line is" if lines == 1 else f"{lines} lines are"
            sys.stderr.write(
                f"scrapy {self.name}: {path}: {noun} no record, left out\n"
            )

    def _without_options(self, args: list[str]) -> list[str]:
        """Return what names feeds; behind ``--`` that is everything."""
        at = args.index("--") if "--" in args else len(args)
        for argument in args[:at]:
            if argument.startswith("-"):
                message = f"{argument} is no option; see scrapy {self.name} -h."
                raise BadInput(message)
        return args[:at] + args[at + 1 :]

    def _refuse(self, message: str) -> NoReturn:
        _end(self.name, message, ExitCode.BAD_INPUT)


@contextmanager
def told_in_a_line(command: str) -> Iterator[None]:
    """End with an exit code and at most one line, whatever comes in between.

    Whoever reads stdout may close it, as ``head`` does: then all is well.
    SIGTERM stops as ctrl-C does.
    """
    replace_closed_streams()
    try:
        with _stopped_by_sigterm():
            yield
    except BadInput as error:
        _end(command, str(error), ExitCode.BAD_INPUT)
    except BrokenPipeError:
        forget_what_is_not_written()
        sys.exit(ExitCode.FINISHED)
    except OSError as error:
        if error.errno == errno.EBADF:
            forget_what_is_not_written()
            message = "stdout is closed; have it lead to a file or a program."
            _end(command, message, ExitCode.FAILED)
        _end(command, f"{error}; make room or permit it.", ExitCode.FAILED)
    except MemoryError as error:
        _end(command, f"{error}; raise --memory or set TMPDIR.", ExitCode.FAILED)
    except KeyboardInterrupt:
        _end(command, "stopped", ExitCode.STOPPED)


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


def _end(command: str, message: str, code: ExitCode) -> NoReturn:
    sys.stderr.write(f"scrapy {command}: {' '.join(message.split())}\n")
    sys.exit(code)
