"""The command that goes on with a crawl that was stopped."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

_PROGRAMS = ("scrapy", "fpcrawler")
_APPEND, _REPLACE, _ARGUMENT = "-o", "-O", "-a"
_LONG = {"--output": _APPEND, "--overwrite-output": _REPLACE}
_RESUME = "resume="


def same_command(command: Sequence[str]) -> str:
    """Return a command line (``sys.argv``) for the shell, which replaces no feed."""
    words = [
        word
        for option, value in _pairs(command[1:])
        for word in (_APPEND if option == _REPLACE else option, value)
        if word
    ]
    return _joined(command, words)


def resuming_command(command: Sequence[str], feed: str) -> str:
    """Return the command line that appends to ``feed`` what it does not have yet.

    ``feed``: the first feed of the crawl. Feeds that the command replaced are
    appended to, and ``-a resume=`` names the feed after those that it named.
    """
    kept: list[str] = []
    resumed: list[str] = []
    is_named = False
    for option, value in _pairs(command[1:]):
        if option == _ARGUMENT and value.startswith(_RESUME):
            resumed = value.removeprefix(_RESUME).split()
        elif option in (_APPEND, _REPLACE):
            is_named = True
            kept += [_APPEND, value]
        else:
            kept += [word for word in (option, value) if word]
    if not is_named:
        kept += [_APPEND, feed]
    feeds = " ".join(dict.fromkeys([*resumed, feed]))
    return _joined(command, [*kept, _ARGUMENT, f"{_RESUME}{feeds}"])


def _joined(command: Sequence[str], words: Sequence[str]) -> str:
    name = PurePath(command[0]).name if command else ""
    program = name if name in _PROGRAMS else _PROGRAMS[0]
    return shlex.join([program, *words])


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the options for arguments and feeds with their values; "": other words."""
    rest = iter(words)
    for word in rest:
        long, is_joined, value = word.partition("=")
        if long in _LONG:
            yield _LONG[long], value if is_joined else next(rest, "")
        elif word[:2] in (_APPEND, _REPLACE, _ARGUMENT):
            yield word[:2], word[2:] or next(rest, "")
        else:
            yield "", word
