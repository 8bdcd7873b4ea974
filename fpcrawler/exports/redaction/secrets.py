"""Find the values that were redacted wherever else they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote

MARK = "redacted"
"""What a removed text leaves; a URL with it stays one."""

TOLERANCE = 0.01
"""Degrees: a written number this close to a coordinate is that coordinate."""

_MAX_SECRETS, _MAX_WORDS = 100, 12
_SHORTEST = 3
_SIXTY = 60
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = r"(?:%[0-9A-Fa-f]{2}|[\W_]){0,4}"
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_RESERVED = "%:/?#[]@!$&'()*+,;=~"

# 52.516272, 52,516272; 52°30'58.6", 52 deg 30.97', 52,30.97N.
_DECIMAL = re.compile(r"(?<![\d.])[+-]?\d{1,3}[.,]\d{2,}", re.ASCII)
_SEXAGESIMAL = re.compile(
    r"(?<![\d.])(\d{1,3})\s{0,2}(?:°|º|deg|,)\s{0,2}(\d{1,2}(?:\.\d{1,12})?)"
    r"(?:\s{0,2}(?:['\u2032\u2019,]|min)\s{0,2}(\d{1,2}(?:\.\d{1,12})?)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Secrets:
    """The values of one image that were redacted: texts, and coordinates in degrees."""

    texts: tuple[str, ...] = ()
    degrees: tuple[float, ...] = ()

    def scrub(self, text: str) -> str:
        """Return the text with MARK in place of each value.

        Case, the characters between words and percent-encoding do not matter.
        """
        if not self.texts and not self.degrees:
            return text
        plain = self._scrubbed(text)
        decoded = _ENCODED.sub(_decoded, plain)
        scrubbed = self._scrubbed(decoded)
        if scrubbed == decoded:
            return plain
        return quote(scrubbed, safe=_RESERVED, errors="surrogateescape")

    def _scrubbed(self, text: str) -> str:
        if self._pattern is not None:
            text = self._pattern.sub(MARK, text)
        if self.degrees:
            text = _SEXAGESIMAL.sub(self._without_degrees, text)
            text = _DECIMAL.sub(self._without_decimal, text)
        return text

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        patterns = {_words_pattern(text) for text in self.texts}
        patterns.discard("")
        longest = sorted(patterns, key=len, reverse=True)[:_MAX_SECRETS]
        if not longest:
            return None
        return re.compile(
            rf"(?<![^\W_])(?:{'|'.join(longest)})(?![^\W_])", re.IGNORECASE
        )

    def _without_decimal(self, found: re.Match[str]) -> str:
        value = float(found[0].replace(",", "."))
        return self._unless_near(abs(value), found[0])

    def _without_degrees(self, found: re.Match[str]) -> str:
        degrees, minutes, seconds = (float(part or 0) for part in found.groups())
        if max(minutes, seconds) >= _SIXTY:
            return found[0]
        return self._unless_near(
            degrees + minutes / _SIXTY + seconds / _SIXTY**2, found[0]
        )

    def _unless_near(self, value: float, text: str) -> str:
        is_near = any(abs(abs(each) - value) < TOLERANCE for each in self.degrees)
        return MARK if is_near else text


def _decoded(found: re.Match[str]) -> str:
    """Return percent-encoded characters, but those that end a part of a URL."""
    text = unquote(found[0], errors="surrogateescape")
    return "".join(quote(char) if char in _RESERVED else char for char in text)


def _words_pattern(text: str) -> str:
    """Return a pattern of the words of a text; it is empty if they are too short."""
    words = _WORD.findall(text)
    if sum(map(len, words)) < _SHORTEST:
        return ""
    # The beginning is enough to find a long text; its end is removed with the tag.
    return _BETWEEN.join(map(re.escape, words[:_MAX_WORDS]))
