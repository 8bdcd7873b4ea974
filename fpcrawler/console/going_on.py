"""The command that goes on with a crawl that was stopped."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from fpcrawler.core.web.masking import masked_value

_PROGRAMS = ("scrapy", "fpcrawler")
_APPEND, _REPLACE, _ARGUMENT, _SETTING = "-o", "-O", "-a", "-s"
_SHORT = (_APPEND, _REPLACE, _ARGUMENT, _SETTING)
_LONG = {"--output": _APPEND, "--overwrite-output": _REPLACE, "--set": _SETTING}
_SHORTEST = len("--se")
"""argparse takes the beginning of a long option; a shorter one is ambiguous."""
_RESUME, _LIST = "resume", "urls_file"
_CLOSED = re.compile(r"(?:-(\d+))?(\.(?:json|csv)\.gz(?::\w+)?)$")
"""Ends the name of a feed that cannot be appended to."""

SAVED_LIST = "LIST"
"""Stands in a command for a list that cannot be read again."""


def same_command(command: Sequence[str], *, is_list_gone: bool = False) -> str:
    """Return a command line (``sys.argv``) for the shell, which replaces no feed.

    Values of settings and arguments that let others in are masked. ``is_list_gone``:
    the list was a stream, so the command names SAVED_LIST.
    """
    return _joined(command, [*_kept(command, is_list_gone=is_list_gone)])


def resuming_command(
    command: Sequence[str], feed: str, resumed: str, *, is_list_gone: bool = False
) -> str:
    """Return the command line that appends to ``feed`` what ``resumed`` does not have.

    ``feed``: the first feed of the crawl, named if the command names none. Feeds that
    the command replaced are appended to, or get the next number if they cannot be.
    ``resumed``: the value of ``-a resume=``, "" for none. Otherwise as `same_command`.
    """
    words: list[str] = []
    is_named = False
    for option, value in _pairs(_kept(command, is_list_gone=is_list_gone)):
        if option == _ARGUMENT and _name_of(value) == _RESUME:
            continue
        is_named |= option == _APPEND
        text = _CLOSED.sub(_with_next_number, value) if option == _APPEND else value
        words += [word for word in (option, text) if word]
    if not is_named:
        words += [_APPEND, _CLOSED.sub(_with_next_number, feed)]
    if resumed:
        words += [_ARGUMENT, f"{_RESUME}={resumed}"]
    return _joined(command, words)


def _kept(command: Sequence[str], *, is_list_gone: bool) -> Iterator[str]:
    """Yield the words of the same command, which replaces no feed, without secrets."""
    for option, value in _pairs(command[1:]):
        if option == _REPLACE:
            yield from (_APPEND, value)
        elif option in (_ARGUMENT, _SETTING):
            name, equals, text = value.partition("=")
            is_gone = is_list_gone and (option, name) == (_ARGUMENT, _LIST)
            shown = SAVED_LIST if is_gone else masked_value(name, text)
            yield from (option, f"{name}{equals}{shown}")
        else:
            yield from (word for word in (option, value) if word)


def _with_next_number(found: re.Match[str]) -> str:
    return f"-{int(found[1] or 1) + 1}{found[2]}"


def _name_of(value: str) -> str:
    return value.partition("=")[0]


def _joined(command: Sequence[str], words: Sequence[str]) -> str:
    name = PurePath(command[0]).name if command else ""
    program = name if name in _PROGRAMS else _PROGRAMS[0]
    return shlex.join([program, *words])


def _pairs(words: Iterator[str] | Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the options above with their values; "": other words."""
    rest = iter(words)
    for word in rest:
        long, is_joined, value = word.partition("=")
        if option := _short_for(long):
            yield option, value if is_joined else next(rest, "")
        elif word[:2] in _SHORT:
            yield word[:2], word[2:] or next(rest, "")
        else:
            yield "", word


def _short_for(long: str) -> str:
    if len(long) < _SHORTEST:
        return ""
    return next((_LONG[name] for name in _LONG if name.startswith(long)), "")
