"""``scrapy evaluate DIR``: how many copies the fingerprints find or miss."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from fpcrawler.commands.crawl import Ending
from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.one_line import bad_values_refused, one_line_errors, speak_for
from fpcrawler.console.program import program
from fpcrawler.console.streams import say, write_json, write_text
from fpcrawler.console.summary import summary_lines
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.errors import BadInput
from fpcrawler.evaluation.options import (
    check_folder,
    check_templates,
    check_writable,
    outputs_of,
)
from fpcrawler.feeds.outputs import check_outputs, other_outputs
from fpcrawler.feeds.scratch import scratch
from fpcrawler.input.settings import check_settings
from fpcrawler.input.sources import files_below

if TYPE_CHECKING:
    from fpcrawler.evaluation.experiment import EvaluatedFolder
    from fpcrawler.evaluation.templates import Templates
    from fpcrawler.evaluation.verifying import Verifier

_OURS = {
    "FEED_EXPORT_ENCODING": "utf-8",
    "PAGES_FEED": "",
    "PICTURE_FINGERPRINT": True,
}
"""Settings of the experiment; they win over those of the user."""


class Command(ScrapyCommand):
    """Crawls a folder and compares the records with the whole files."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] DIR"

    def short_desc(self) -> str:
        return "Compare the fingerprints of a folder's images with the whole files"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        speak_for(parser, "evaluate")
        group = parser.add_argument_group(title="Evaluation")
        group.add_argument(
            "--retag",
            action="store_true",
            help="also test copies with other metadata, made in memory",
        )
        group.add_argument(
            "--verify",
            action="store_true",
            help="judge after a second look at what may be a copy, as -a verify= takes",
        )
        group.add_argument(
            "--templates",
            metavar="N",
            type=int,
            help="also compare N renderings of each picture, made in memory",
        )
        group.add_argument(
            "--json", action="store_true", help="print the numbers as JSON"
        )
        group.add_argument(
            "-O",
            "--output",
            metavar="FILE",
            help="also write the numbers as JSON to FILE",
        )
        group.add_argument(
            "--curve",
            metavar="FILE",
            help="draw the errors over the length of the prefix (.svg or .png)",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        self.settings.set("MIN_IMAGE_SIZE", 0, priority="project")
        with one_line_errors("evaluate"):
            with bad_values_refused():
                super().process_options(args, opts)
            check_settings(self.settings, (pair.partition("=")[0] for pair in opts.set))
            check_folder(args)
            check_templates(opts.templates)
            check_writable(opts)
            outputs = [*other_outputs(self.settings), *outputs_of(opts)]
            check_outputs(outputs, [])
            # A drawing in the folder would be evaluated as one of its images.
            drawings = [output for output in outputs if output.option == "--curve"]
            check_outputs(drawings, files_below(Path(args[0])))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command; only this one needs all readers.
        from fpcrawler.evaluation.experiment import EvaluatedFolder  # noqa: PLC0415

        assert self.settings is not None  # noqa: S101 - set by Scrapy
        folder = Path(os.path.abspath(args[0]))  # noqa: PTH100 - keeps links
        with (
            one_line_errors("evaluate"),
            scratch("evaluate") as home,
        ):
            feed = Path(home, "records.jsonl")
            self.exitcode = self._crawl(folder, feed)
            if self.exitcode in (ExitCode.BAD_INPUT, ExitCode.STOPPED):
                return
            self._report(EvaluatedFolder(folder, feed), opts, given=args[0])

    def _crawl(self, folder: Path, feed: Path) -> ExitCode:
        """Write the records of the folder's images; return how the crawl ended."""
        from fpcrawler.evaluation.experiment import RECORD_FIELDS  # noqa: PLC0415

        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        feeds = {str(feed): {"format": "jsonlines"}}
        self._set({**_OURS, "FEED_EXPORT_FIELDS": RECORD_FIELDS, "FEEDS": feeds})
        crawler = self.crawler_process.create_crawler("images")
        check_bodies(crawler.settings)
        self.crawler_process.crawl(crawler, folder=str(folder))
        self.crawler_process.start()
        # Scrapy's handlers would stop a reactor that has ended.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        if self.crawler_process.bootstrap_failed:
            return ExitCode.BAD_INPUT
        assert crawler.stats is not None  # noqa: S101 - set by Scrapy
        stats = crawler.stats.get_stats()
        say("\n".join([*summary_lines(stats, []), ""]))
        code = Ending(crawler).exit_code()
        if code or not any(name.startswith("images/failed/") for name in stats):
            return code
        self._warn("some files failed; -s LOG_LEVEL=INFO shows which")
        return ExitCode.FAILED

    def _warn(self, text: str) -> None:
        say(f"{program()} evaluate: {text}\n")

    def _set(self, values: dict[str, object]) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        for name, value in values.items():
            self.settings.set(name, value, priority="cmdline")

    def _report(
        self, folder: EvaluatedFolder, opts: argparse.Namespace, *, given: str
    ) -> None:
        from fpcrawler.evaluation.rate_text import shown  # noqa: PLC0415
        from fpcrawler.evaluation.text import as_json, lines  # noqa: PLC0415

        assert self.settings is not None  # noqa: S101 - set by Scrapy
        least = self.settings.getint("MIN_IMAGE_SIZE")
        if not folder.images and not folder.lost:
            larger = f" of more than {least} bytes (MIN_IMAGE_SIZE)" if least else ""
            raise BadInput(f"{given!r} has no image{larger}; name a folder of images.")
        wanted = ReadOptions.from_settings(self.settings)
        verifier = _verifier(folder, wanted) if opts.verify else None
        retags = folder.retag(wanted, verifier) if opts.retag else None
        templates = _templates(folder, wanted, verifier, opts.templates)
        evaluation = folder.evaluate()  # counts the second looks at all of these
        text = "\n".join([*lines(evaluation, retags, templates), ""])
        if opts.json or opts.output:
            numbers = as_json(
                evaluation,
                retags,
                templates,
                folder=shown(given),
                min_image_size=least,
            )
            report = json.dumps(numbers, indent=2, ensure_ascii=False) + "\n"
            if opts.json:
                text = report
            if opts.output:
                Path(opts.output).write_text(report, encoding="utf-8")
        if opts.curve:
            from fpcrawler.evaluation.curve import draw  # noqa: PLC0415 - needs matplotlib

            draw(evaluation, Path(opts.curve))
        for name, reason in evaluation.lost.items():
            self._warn(f"{shown(name)} skipped: {reason}")
        if evaluation.lost:
            self.exitcode = ExitCode.FAILED
        # The reader of stdout may close it, so this comes last.
        write = write_json if opts.json else write_text
        write([text])
        sys.stdout.flush()


def _verifier(folder: EvaluatedFolder, wanted: ReadOptions) -> Verifier:
    from fpcrawler.evaluation.verifying import Verifier  # noqa: PLC0415 - as above

    verifier = Verifier(wanted)
    folder.verify(verifier)
    return verifier


def _templates(
    folder: EvaluatedFolder,
    wanted: ReadOptions,
    verifier: Verifier | None,
    renderings: int | None,
) -> Templates | None:
    if renderings is None:
        return None
    from fpcrawler.evaluation.templates import Templates  # noqa: PLC0415 - needs pillow

    templates = Templates(wanted, renderings, verifier)
    for image, data in folder.files():
        templates.add(image.name, data)
    return templates
