"""What the commands on feeds have in common."""

from __future__ import annotations

import argparse
import re
import sys
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from scrapy.commands import ScrapyCommand

from fpcrawler.console.one_line import one_line_errors, refuse
from fpcrawler.console.streams import say
from fpcrawler.errors import BadInput

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
        parser.error = partial(refuse, self.name)  # type: ignore[method-assign]  # exit code 1
        group = parser.add_argument_group(title="Feeds")
        group.add_argument(
            "--memory",
            metavar="SIZE",
            default=MEMORY,
            help="what tables may take before they go to TMPDIR (default: %(default)s)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with one_line_errors(self.name):
            feeds = self._without_options(args)
            if not _SIZE.fullmatch(opts.memory):
                raise BadInput(
                    f"--memory is {opts.memory!r}; use a size such as {MEMORY}."
                )
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
            say(f"scrapy {self.name}: {path}: {noun} no record, left out\n")

    def _without_options(self, args: list[str]) -> list[str]:
        """Return what names feeds; behind ``--`` that is everything."""
        at = args.index("--") if "--" in args else len(args)
        for argument in args[:at]:
            if argument.startswith("-"):
                raise BadInput(f"{argument} is no option; see scrapy {self.name} -h.")
        return args[:at] + args[at + 1 :]
