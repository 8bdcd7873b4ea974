"""The command ``fpcrawler``: ``scrapy`` with this project's settings, in any folder.

What takes long to import is imported by the functions, after ctrl-C has its meaning.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import OWN
from fpcrawler.console.starting import end_on_ctrl_c

_HELP = ("-h", "--help", "help")
_VERSION = ("-V", "--version")


def main() -> None:
    """Run the command of ``sys.argv``."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = "fpcrawler.settings"
    sys.argv[0] = OWN
    end_on_ctrl_c()
    first = next(iter(sys.argv[1:]), _HELP[0])
    if first in _VERSION:
        from importlib.metadata import version  # noqa: PLC0415 - see above

        sys.stdout.write(f"{OWN} {version(OWN)}\n")
        return
    if first in _HELP:
        sys.stdout.write(_overview())
        return
    if not first.startswith("-"):
        _check_command(first)
    from scrapy.cmdline import execute  # noqa: PLC0415 - see above

    execute()


def _check_command(word: str) -> None:
    """End with one line if a word is not the name of a command."""
    from scrapy import commands as scrapy_commands  # noqa: PLC0415 - see above

    from fpcrawler import commands  # noqa: PLC0415 - see above
    from fpcrawler.console.streams import say  # noqa: PLC0415 - see above

    folders = [*commands.__path__, *scrapy_commands.__path__]
    names = [module.name for module in iter_modules(folders)]
    if word in names:
        return
    close = get_close_matches(word, names, n=1)
    advice = f"did you mean {close[0]}?" if close else f"{OWN} -h lists them."
    say(f"{OWN}: {word} is not a command; {advice}\n")
    sys.exit(ExitCode.BAD_INPUT)


def _overview() -> str:

    from fpcrawler import commands  # noqa: PLC0415 - see above

    lines = [f"Usage: {OWN} COMMAND [options]", ""]
    for module in iter_modules(commands.__path__):
        command = import_module(f"{commands.__name__}.{module.name}").Command()
        lines.append(f"  {module.name:<12}{command.short_desc()}")
    return "\n".join([*lines, "", f"{OWN} COMMAND -h describes a command.", ""])


if __name__ == "__main__":
    main()
