"""Records as indented JSON, as Python's encoder writes it but faster.

Python has an encoder in C for JSON in one line only: there, msgspec with this check
was not faster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec.json
from scrapy.utils.serialize import ScrapyJSONEncoder

_NAMES = frozenset({str})
_ARRAYS = frozenset({list, tuple})
_LEAVES = frozenset({str, int, bool, type(None)})
_SMALLEST, _LARGEST = 1e-4, 1e16
"""Python prints floats from here to below there without an exponent."""


class JsonText:
    """Writes a record as an element of an array, in an encoding.

    msgspec and Python's encoder differ in the exponents of floats, in NaN, and in
    types that JSON does not have. Python's encoder writes a record with any of these.
    """

    def __init__(self, encoding: str, indent: int) -> None:
        """``indent``: spaces for each level; 0: everything in one line."""
        self._encoding = encoding
        self._indent = indent
        self._is_ascii = not encoding.lower().startswith("utf")
        self._is_utf8 = encoding.lower() in {"utf-8", "utf8"}

    def element(self, record: Mapping[str, Any]) -> bytes:
        """Return the text of a record, without a line end at either side.

        Raises UnicodeEncodeError for a lone surrogate, which UTF-8 does not have.
        """
        # Inside a list, the record gets the indentation of an element.
        if self._is_utf8 and self._indent >= 0 and _is_plain(record):
            text = msgspec.json.encode([record])
            return msgspec.json.format(text, indent=self._indent)[1:-1].strip(b"\n")
        dumped = json.dumps(
            [record],
            cls=ScrapyJSONEncoder,
            indent=self._indent or None,
            ensure_ascii=self._is_ascii,
        )
        return dumped[1:-1].strip("\n").encode(self._encoding)


def _is_plain(record: Any) -> bool:
    """Return whether both encoders write the same."""
    unseen = [record]
    for value in unseen:  # which grows by what is inside
        kind, inside = type(value), value
        if kind is dict:
            if not _NAMES.issuperset(map(type, value)):
                return False
            inside = value.values()
        elif kind is float and (not value or _SMALLEST <= abs(value) < _LARGEST):
            continue
        elif kind not in _ARRAYS:
            return False
        if not _LEAVES.issuperset(map(type, inside)):  # as few objects do
            unseen += [each for each in inside if type(each) not in _LEAVES]
    return True
