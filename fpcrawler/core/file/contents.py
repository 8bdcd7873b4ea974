"""Recognize fpcrawler's own output files by their first bytes."""

from __future__ import annotations

import bz2
import json
import lzma
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol

from fpcrawler.core.file.formats import image_format, is_html

SIGNATURE = "sha256_first_10240_bytes"
"""The field that records of all versions have, beside their ``url``."""
_SIGNATURE = {SIGNATURE, "url"}
PARQUET = b"PAR1"
DRAWN_BY = "fpcrawler evaluate"
"""The title of our drawings, in their metadata."""

_LEAST = 4_096
_PAIR = {"page_url", "url", "found_in", "alt"}
_NOTES = {"record", "dropped", "page", "refused"}
_RUNS = {"runs"}
_EVALUATION = {"different_files", "methods", "curve"}
_LINES = ("jsonlines", "jsonl", "jl")
_OPENINGS = {"xml": b"<?xml", "pickle": b"\x80"}
_ARRAY = re.compile(r"\s*\[\s*(?:\]\s*\Z|\Z)?")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}:]', re.DOTALL)
_DELIMITER = re.compile(r"[,;|\t]")
_NAME = re.compile(r"\w+")
_LOG_LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|scrapy \w+: |pages   ")


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_DECOMPRESSORS: Mapping[bytes, Callable[[], _Decompressor]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
}


def unpacked(head: bytes) -> bytes:
    """Return the first bytes of a gzip, bzip2 or xz file decompressed.

    The result has at most ``len(head)`` bytes, or 4,096 if that is more: a small file
    can be longer than it is packed. Any other ``head`` is returned as is.
    """
    for magic, decompressor in _DECOMPRESSORS.items():
        if head.startswith(magic):
            try:
                return decompressor().decompress(head, max(len(head), _LEAST))
            except (zlib.error, lzma.LZMAError, OSError):
                return head
    return head


def holds_records(head: bytes, form: str, fields: Collection[str]) -> bool:
    """Return whether these are records in the format ``form``.

    They are if they have the fields of any version, or exactly ``fields``.
    """
    if head.startswith(PARQUET) or form == "parquet":
        return form == "parquet" and SIGNATURE.encode() in head
    text = _text(head)
    if form == "json":
        array = _ARRAY.match(text)
        return array is not None and (
            array.end() == len(text) or _are_ours(_keys(text[array.end() :]), fields)
        )
    if form in _LINES:
        return _are_ours(_keys(text), fields)
    if form == "csv":
        return text[:1] not in ("[", "{") and _are_ours(set(_cells(text)), fields)
    if not head.startswith(_OPENINGS.get(form, b"")):
        return False
    return _are_ours({name for name in (*fields, *_SIGNATURE) if name in text}, fields)


def holds_columns(head: bytes, columns: Collection[str]) -> bool:
    """Return whether this is a table with exactly these columns, in their order."""
    return _cells(_text(head)) == _cells(",".join(columns))


def holds_pairs(head: bytes) -> bool:
    """Return whether these are the pairs of PAGES_FEED."""
    return _keys(_text(head)) == _PAIR


def holds_notes(head: bytes) -> bool:
    """Return whether these are the notes that belong to a feed."""
    return not _NOTES.isdisjoint(_keys(_text(head)))


def holds_runs(head: bytes) -> bool:
    """Return whether these are the records of the runs that have written a feed."""
    return _keys(_text(head)) == _RUNS


def holds_stats(head: bytes) -> bool:
    """Return whether these are the stats of a crawl."""
    return "finish_reason" in _keys(_text(head))


def holds_evaluation(head: bytes) -> bool:
    """Return whether these are the numbers of an evaluation."""
    return _keys(_text(head)) >= _EVALUATION


def holds_curve(head: bytes) -> bool:
    """Return whether this is a drawing of ours; its title is in its first bytes."""
    return image_format(head) in ("svg", "png") and DRAWN_BY.encode() in head[:4_096]


def holds_log(head: bytes) -> bool:
    """Return whether this is the log of a crawl: its lines have Scrapy's dates."""
    return _LOG_LINE.match(head) is not None


def may_be_log(head: bytes) -> bool:
    """Return whether this text may be a log: it is neither a page nor our output."""
    if b"\0" in head or is_html(head) or image_format(head) is not None:
        return False
    others = (holds_pairs, holds_notes, holds_runs, holds_stats, holds_evaluation)
    return not any(holds(head) for holds in others) and not any(
        holds_records(head, form, ()) for form in ("json", "jsonl", "csv", "parquet")
    )


def _text(head: bytes) -> str:
    return head.decode("utf-8", "replace")


def _cells(text: str) -> list[str]:
    """Return the cells of the first line of a table."""
    header, *_ = text.splitlines() or [""]
    return [cell.strip(' "') for cell in _DELIMITER.split(header)]


def _are_ours(names: set[str], fields: Collection[str]) -> bool:
    chosen = {word for name in fields for word in _NAME.findall(name)}
    return names >= _SIGNATURE or (bool(names) and names == chosen)


def _keys(text: str) -> set[str]:
    """Return the top-level keys of the JSON object that a text begins with."""
    return set(_each_key(text)) if text.lstrip().startswith("{") else set()


def _each_key(text: str) -> Iterator[str]:
    depth, before = 0, ""
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == ":" and depth == 1:
            yield str(json.loads(before, strict=False))
        elif word in "{[":
            depth += 1
        elif word in "}]":
            depth -= 1
            if not depth:
                return
        before = word
