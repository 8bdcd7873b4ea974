"""Find the values that were redacted wherever else they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fpcrawler.exports.redaction.coordinates import coordinates_in
from fpcrawler.exports.redaction.folding import (
    Traced,
    folded,
    readings,
    traced_fold,
)

MARK = "redacted"
"""What a removed text leaves; a URL with it stays one."""

MAX_VALUES = 500
"""Values of one record that are sought; with more, its texts are redacted wholly."""

_SHORT, _WORD = 3, 6
_SHORTEST_NUMBER, _SHORTEST_SERIAL = 3, 5
_FIRST, _NEXT = "\0", "\1"
"""The characters of a value that was found; folded texts have neither."""
_FOUND = re.compile(f"{_FIRST}(?: *{_NEXT})*")


@dataclass(frozen=True)
class Secrets:
    """The values of one image that were redacted: texts, and coordinates in degrees."""

    texts: tuple[str, ...] = ()
    degrees: tuple[float, ...] = ()

    def scrub(self, text: str) -> str:
        """Return the text with MARK in place of each value.

        Case, accents, the characters between words, and escapes do not matter. A text
        that still says a value then is MARK as a whole.
        """
        if not self.texts and not self.degrees:
            return text
        if self._are_too_many:
            return MARK if text else text
        scrubbed = text
        for read in readings(text):
            spans = sorted(self._spans(read(scrubbed)))
            scrubbed = _without(scrubbed, spans)
        return MARK if scrubbed != text and self.are_in(scrubbed) else scrubbed

    def are_in(self, text: str) -> bool:
        """Return whether a text says one of the values that are sought."""
        return not self._are_too_many and any(
            next(self._spans(read(text)), None) is not None for read in readings(text)
        )

    @property
    def _are_too_many(self) -> bool:
        return max(len(self.texts), len(self.degrees)) > MAX_VALUES

    def _spans(self, source: Traced) -> Iterator[tuple[int, int]]:
        spaced = folded(source.text)
        if self._may_be_in(spaced):
            trace = traced_fold(source)
            for found in _FOUND.finditer(self._marked(trace.text)):
                yield trace.starts[found.start()], trace.ends[found.end() - 1]
        if self.degrees:
            for start, end in coordinates_in(source.text, self.degrees):
                yield source.starts[start], source.ends[end - 1]

    def _may_be_in(self, spaced: str) -> bool:
        compact = spaced.replace(" ", "")
        padded = f" {spaced} "
        return any(each in compact for each in self._long) or any(
            each in padded for each in self._short
        )

    def _marked(self, spaced: str) -> str:
        """Return a folded text of the same length with the values marked."""
        compact = spaced.replace(" ", "")
        for each in self._long:
            compact = compact.replace(each, _mark(len(each)))
        chars = iter(compact)
        marked = "".join(" " if char == " " else next(chars) for char in spaced)
        marked = f" {marked} "
        for each in self._short:
            mark = each.replace(each.strip(), _mark(len(each.strip())))
            # Twice, for two neighbours have one space between them.
            marked = marked.replace(each, mark).replace(each, mark)
        return marked[1:-1]

    @cached_property
    def _sought(self) -> list[str]:
        spelled = {form for text in self.texts for form in _forms(text)}
        return sorted(spelled, key=lambda form: (-len(form), form))

    @cached_property
    def _long(self) -> list[str]:
        """The values that are found across separators, the longest first."""
        compact = (form.replace(" ", "") for form in self._sought if _is_long(form))
        return [*dict.fromkeys(compact)]

    @cached_property
    def _short(self) -> list[str]:
        """The values that are found within a word, or between spaces as a word."""
        return [_short_form(form) for form in self._sought if not _is_long(form)]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    end = 0
    for first, last in spans:
        if first >= end:
            parts += [text[end:first], MARK]
        end = max(end, last)
    return "".join([*parts, text[end:]])


def _mark(size: int) -> str:
    return _FIRST + _NEXT * (size - 1)


def _forms(text: str) -> Iterator[str]:
    """Yield how a value is sought: folded, as words with one space between."""
    words = folded(text).split()
    form = " ".join(words)
    if _is_sought("".join(words)):
        yield form
    last, comma, first = text.partition(",")
    if comma and "," not in first and words:  # Lovelace, Ada
        yield from _forms(f"{first} {last}")
    number = form.lstrip("0")
    if number.isdecimal() and number != form and len(number) >= _SHORTEST_SERIAL:
        yield number


def _is_sought(compact: str) -> bool:
    if compact == MARK:
        return False
    return len(compact) >= (_SHORTEST_NUMBER if compact.isdecimal() else 2)


def _is_long(form: str) -> bool:
    size = len(form.replace(" ", ""))
    return size >= _WORD or (" " in form and size > _SHORT)


def _short_form(form: str) -> str:
    # Chinese, Japanese and Korean have no spaces between words.
    return form if len(form) > _SHORT or not form.isascii() else f" {form} "
