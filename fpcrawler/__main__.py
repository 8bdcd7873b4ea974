"""The command ``fpcrawler``: ``scrapy`` with this project's settings, in any folder."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

from scrapy import commands as scrapy_commands
from scrapy.cmdline import execute

from fpcrawler import commands
from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import OWN
from fpcrawler.console.streams import say

_HELP = ("-h", "--help", "help")
_VERSION = ("-V", "--version")


def main() -> None:
    """Run the command of ``sys.argv``."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "fpcrawler.settings"
    sys.argv[0] = OWN
    first = next(iter(sys.argv[1:]), _HELP[0])
    if first in _VERSION:
        sys.stdout.write(f"{OWN} {version(OWN)}\n")
        return
    if first in _HELP:
        sys.stdout.write(_overview())
        return
    names = [module.name for module in iter_modules(_folders())]
    if first not in names and not first.startswith("-"):
        close = get_close_matches(first, names, n=1)
        advice = f"did you mean {close[0]}?" if close else f"{OWN} -h lists them."
        say(f"{OWN}: {first} is not a command; {advice}\n")
        sys.exit(ExitCode.BAD_INPUT)
    execute()


def _folders() -> list[str]:
    return [*commands.__path__, *scrapy_commands.__path__]


def _overview() -> str:
    lines = [f"Usage: {OWN} COMMAND [options]", ""]
    for module in iter_modules(commands.__path__):
        command = import_module(f"{commands.__name__}.{module.name}").Command()
        lines.append(f"  {module.name:<12}{command.short_desc()}")
    return "\n".join([*lines, "", f"{OWN} COMMAND -h describes a command.", ""])


if __name__ == "__main__":
    main()
