"""What ``scrapy crawl images -h`` adds to Scrapy's own help."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyHelpFormatter

from fpcrawler.input.arguments import ARGUMENTS

_OUTPUTS = {
    ("-o", "--output"): "append records to FILE: .json, .jsonl, .csv, also with .gz, "
    "or s3://BUCKET/KEY.json; - is stdout, as is -:jsonl",
    ("-O", "--overwrite-output"): "likewise, but replace FILE",
}


class _KeepsLines(ScrapyHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Lets each argument have a line of its own."""


def add_help(parser: argparse.ArgumentParser) -> None:
    """Describe the spider's arguments, and the feeds that a crawl can write."""
    for names, text in _OUTPUTS.items():  # in place of Scrapy's, which names no format
        parser.add_argument(*names, metavar="FILE", action="append", help=text)
    shown = {f"-a {name}={value}": text for name, (value, text) in ARGUMENTS.items()}
    width = max(map(len, shown))
    lines = [f"{usage:{width}}  {text}" for usage, text in shown.items()]
    parser.formatter_class = _KeepsLines
    parser.add_argument_group(title="Arguments", description="\n".join(lines))
