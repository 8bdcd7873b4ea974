"""The base class of commands that read feeds."""

from __future__ import annotations

import argparse
import re
import sys
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from scrapy.commands import ScrapyCommand

from fpcrawler.console.one_line import one_line_errors, speak_for
from fpcrawler.console.program import program
from fpcrawler.console.streams import say, write_json, write_text
from fpcrawler.console.text import count_in_words
from fpcrawler.errors import BadInput

MEMORY = "3GB"
"""DuckDB's default memory limit; larger tables go to a temporary folder."""

_NONE: Mapping[str, str] = MappingProxyType({})

_SIZE = re.compile(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", re.IGNORECASE | re.ASCII)


class FeedCommand(ScrapyCommand):
    """A command that reads feeds, fetches nothing and reports an error in one line."""

    requires_project = True
    requires_crawler_process = False
    instead: Mapping[str, str] = _NONE
    """Option of other commands to what to use here."""

    @property
    def name(self) -> str:
        """The name of the command, that of its module."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def title(self) -> str:
        """The program and the command, which begin each line to the user."""
        return f"{program()} {self.name}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        speak_for(parser, self.name)
        group = parser.add_argument_group(title="Feeds")
        group.add_argument(
            "--memory",
            metavar="SIZE",
            default=MEMORY,
            help="memory limit, by default %(default)s; larger tables go to TMPDIR",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with one_line_errors(self.name):
            feeds = without_options(self.name, args, self.instead)
            if not _SIZE.fullmatch(opts.memory):
                raise BadInput(
                    f"--memory is {opts.memory!r}; use a size such as {MEMORY}."
                )
            self.execute(feeds, opts)
            sys.stdout.flush()

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the command on ``args``, the names of feeds; raises BadInput."""

    def write(self, texts: Iterable[str]) -> None:
        """Write text for people."""
        write_text(texts)

    def write_json(self, texts: Iterable[str]) -> None:
        """Write JSON for programs."""
        write_json(texts)

    def report_skipped(self, skipped: Counter[Path]) -> None:
        """Write to stderr how many lines of each feed are not records."""
        for path, count in skipped.items():
            lines = count_in_words(count, "invalid line")
            say(f"{self.title}: {path}: {lines} skipped\n")


def without_options(
    command: str, args: list[str], instead: Mapping[str, str] = _NONE
) -> list[str]:
    """Return the arguments of a command; after ``--`` none of them is an option.

    Raises BadInput for an option that the command does not have, with what to use
    ``instead`` if that is known.
    """
    at = args.index("--") if "--" in args else len(args)
    for argument in args[:at]:
        if argument.startswith("-"):
            advice = instead.get(argument, f"see {program()} {command} -h")
            raise BadInput(f"unknown option {argument}; {advice}.")
    return args[:at] + args[at + 1 :]
