"""Say what the words of ``scrapy crawl images`` were meant to be."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from itertools import pairwise

from fpcrawler.console.program import program
from fpcrawler.core.web.passwords import shown
from fpcrawler.errors import BadInput
from fpcrawler.input.arguments import ARGUMENTS
from fpcrawler.input.setting_names import SETTINGS

_SPIDER = "images"

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+([:/].*)?")

_LISTS = (".txt", ".csv", ".tsv", ".jsonl", ".gz")
"""Endings of what is rather a list than an image or a page."""


def check_words(words: Sequence[str]) -> None:
    """Raise BadInput unless the words that are no options of Scrapy are ``images``.

    A word may be an option that does not exist, or a value without its name.
    """
    for word, following in pairwise([*words, ""]):
        if word.startswith("-") and word != "-":
            raise BadInput(f"{word} is not an option; {_for_option(word, following)}.")
    for word in words:
        if word != _SPIDER and (advice := _for_word(word)):
            raise BadInput(f"{shown(word)} has no option before it; use {advice}.")
    if [*words] != [_SPIDER]:
        given = " ".join(words) or "nothing"
        raise BadInput(
            f"there is one spider, images, not {given!r}; run: {program()} crawl images"
        )


def _for_option(option: str, following: str) -> str:
    name, has_value, value = option.lstrip("-").partition("=")
    value = value if has_value else following
    name = name.replace("-", "_")
    meant = [one for one in ARGUMENTS if one == name.lower()]
    # -d, as other programs call it; -depth is depth as well.
    meant += [one for one in ("depth", "folder", "urls") if one[0] == name.lower()]
    if meant:
        return f"use -a {meant[0]}={_quoted(value) or 'VALUE'}"
    if name.upper() in SETTINGS:
        return f"use -s {name.upper()}={_quoted(value) or 'VALUE'}"
    return f"{program()} crawl -h lists the options"


def _for_word(word: str) -> str:
    """Return the word with the option that it lacks, ``""`` if no option fits."""
    name, is_pair, value = word.partition("=")
    if is_pair and name.lower() in ARGUMENTS:
        return f"-a {name.lower()}={_quoted(value)}"
    if is_pair and name.upper() in SETTINGS:
        return f"-s {name.upper()}={_quoted(value)}"
    is_file = os.path.isfile(word)  # noqa: PTH113 - False for a name that is too long
    if word == "-" or (is_file and word.lower().endswith(_LISTS)):
        return f"-a urls_file={_quoted(word)}"
    if os.path.isdir(word):  # noqa: PTH112 - as above
        return f"-a folder={_quoted(word)}"
    if "://" in word or is_file:
        return f"-a urls={_quoted(word)}"
    return f"-a urls=https://{word}" if _HOST.fullmatch(word) else ""


def _quoted(value: str) -> str:
    return shlex.quote(shown(value)) if value else ""
