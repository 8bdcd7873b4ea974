"""Tell the digits of binary data from a text that only looks like them.

Pictures of formats without a signature are found by it, so it cannot know that data
are a picture: it asks only whether they could be, and are not a text.
"""

from __future__ import annotations

import itertools
import re

_MOST_SEARCHED = 4_096
_FEWEST_VALUES = 40
"""Noise of 129 bytes has about 100 different values; a pattern or a ruler has few."""

_TEXT_SHARE = 0.85
_CLASS_SHARE = 0.04
"""Of 172 random digits, 27 are decimal ones; a text or a path lacks a whole class."""

_SHORTEST_LINE = 32
_SHORT = 1_024
"""Tokens of a URL and lists of hashes may have so many digits."""

_HASH_DIGITS = {32, 40, 56, 64, 96, 128}
_IN_URL = re.compile(r":(?://[^\s\"'<>]*)?\Z")
_NOT_TEXT = bytes({*range(0x20), *range(0x7F, 0x100)} - {*b"\t\n\r"})


def digits_of_words(run: str) -> int:
    """Return how many digits the words have that a run of base64 digits begins with."""
    words = itertools.takewhile(lambda word: len(word) < _SHORTEST_LINE, run.split())
    return sum(map(len, words))


def is_binary_base64(run: str, digits: str, data: bytes, before: str) -> bool:
    """Return whether a run of base64 digits is binary data, not words, names or text.

    ``digits`` are those of the run after its first words, without spaces; ``data``
    what they decode to; ``before`` is the text before the run.
    """
    if len(digits) < _SHORTEST_LINE * len(run.split()):
        return False
    sample = digits[:_MOST_SEARCHED]
    # RFC 4648 sections 4 and 5: one alphabet or the other.
    if ("+" in sample or "/" in sample) and ("-" in sample or "_" in sample):
        return False
    fewest = len(sample) * _CLASS_SHARE
    classes = (str.isupper, str.islower, str.isdecimal)
    if any(sum(map(is_in, sample)) < fewest for is_in in classes):
        return False
    return _is_binary(data) and not _is_in_url(run, before)


def is_binary_hex(run: str, digits: str, data: bytes) -> bool:
    """Return whether a run of hexadecimal digits is binary data, not numbers or hashes.

    The arguments are those of :func:`is_binary_base64`.
    """
    sample = digits[:_MOST_SEARCHED]
    # Of random digits, ten of sixteen are decimal. More of them are a number, perhaps
    # with letters of the words around it.
    if sum(map(str.isdecimal, sample)) > len(sample) * _TEXT_SHARE:
        return False
    if not _is_binary(data):
        return False
    lengths = {len(word) for word in run.split()} if len(digits) <= _SHORT else set()
    return not (lengths and lengths <= _HASH_DIGITS)


def _is_in_url(run: str, before: str) -> bool:
    if len(run) > _SHORT or not (found := _IN_URL.search(before)):
        return False
    return (found[0] + run[:2]).startswith("://")


def _is_binary(data: bytes) -> bool:
    sample = data[:_MOST_SEARCHED]
    if len(set(sample)) < _FEWEST_VALUES:
        return False
    left = sample.translate(None, _NOT_TEXT)
    if len(left) >= len(sample) * _TEXT_SHARE:
        return False
    text = sample.decode("utf-8", "replace")
    wrong = sum(char == "\ufffd" or char < " " for char in text)
    return wrong > len(text) * (1 - _TEXT_SHARE)
