from __future__ import annotations

import bz2
import gzip
import json
import lzma

import pytest

from fpcrawler.core.file.contents import (
    SIGNATURE,
    holds_curve,
    holds_evaluation,
    holds_notes,
    holds_pairs,
    holds_records,
    holds_stats,
    may_be_log,
    unpacked,
)
from fpcrawler.items import RECORD_FIELDS

RECORD = json.dumps({**dict.fromkeys(RECORD_FIELDS), "exif": {"a{": ["}", '"']}})
FEW = ("url", "image_size")
FEW_ARE = '{"url": "x", "image_size": 1}'


@pytest.mark.parametrize(
    ("text", "form", "fields"),
    [
        (f"[\n{RECORD}\n]", "json", RECORD_FIELDS),
        (f"[{RECORD}, {RECORD[:100]}", "json", RECORD_FIELDS),
        (f"[{RECORD[:-200]}", "json", RECORD_FIELDS),
        (f'[{{"later": 1, "url": "x", "{SIGNATURE}": 2}}]', "json", RECORD_FIELDS),
        (f"[{FEW_ARE}]", "json", FEW),
        ("[]", "json", FEW),
        ("\n[\n]\n", "json", FEW),
        ("[", "json", FEW),
        (RECORD, "jsonl", RECORD_FIELDS),
        (f"{FEW_ARE}\nrest", "jl", FEW),
        (",".join(RECORD_FIELDS), "csv", RECORD_FIELDS),
        ("image_size;url\r\n1;x", "csv", FEW),
        (f"<?xml?><items><item><url/><{SIGNATURE}>", "xml", RECORD_FIELDS),
        (f"\0{SIGNATURE}", "parquet", RECORD_FIELDS),
    ],
)
def test_records_are_known(text: str, form: str, fields: list[str]) -> None:
    assert holds_records(text.encode(), form, fields)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('[{"url": "x", "title": "y"}]', "json"),
        ('[{"url": "x"}]', "json"),
        (f'[{{"a": {{"{SIGNATURE}": 1}}}}]', "json"),
        (f'[{{"a": "{SIGNATURE}"}}]', "json"),
        (f'["{SIGNATURE}"]', "json"),
        ("[1, 2]", "json"),
        ("[]]", "json"),
        (f"[{RECORD}]", "jsonl"),
        (RECORD, "json"),
        ("https://a.example/\n", "jsonl"),
        (f"title\n{SIGNATURE}", "csv"),
        (f"{SIGNATURE},label", "csv"),
        (f'{{"{SIGNATURE}": "", "label": ""}}', "jsonl"),
        (f"a note on url and {SIGNATURE}", "csv"),
        ("<urlset><url>", "xml"),
        (f"# DATA\n`url` `{SIGNATURE}`", "xml"),
        (RECORD, "pickle"),
        (f"PAR1{SIGNATURE}", "csv"),
        ("PAR1", "parquet"),
        ("", "csv"),
    ],
)
def test_anything_else_is_not_records(text: str, form: str) -> None:
    assert not holds_records(text.encode(), form, RECORD_FIELDS)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_is_known_by_its_content(compress: object) -> None:
    assert callable(compress)
    compressed = compress(RECORD.encode() * 100)

    # bzip2 decodes complete blocks only.
    is_cut = compress is not bz2.compress
    assert holds_records(unpacked(compressed[:-20]), "jsonl", RECORD_FIELDS) == is_cut
    assert holds_records(unpacked(compressed), "jsonl", RECORD_FIELDS)


@pytest.mark.parametrize("head", [b"", b"plain", b"\x1f\x8b no gzip", b"BZh no bzip2"])
def test_a_file_that_is_not_compressed_is_returned_unchanged(head: bytes) -> None:
    assert unpacked(head) == head


def test_other_outputs_are_known() -> None:
    pair = b'{"page_url": "p", "url": "u", "found_in": "img", "alt": null}\n'
    stats = b'{"start_time": "x", "finish_reason": "finished"}'
    numbers = b'{"folder": "x", "different_files": 1, "methods": [{}], "curve": []}'
    others = [pair, b'{"page": "p"}\n', stats, numbers, RECORD.encode()]
    kinds = (holds_pairs, holds_notes, holds_stats, holds_evaluation)

    for number, holds in enumerate(kinds):
        assert [holds(head) for head in others] == [at == number for at in range(5)]
    assert not any(may_be_log(head) for head in others)


def test_a_drawing_is_known_by_its_title() -> None:
    assert holds_curve(b"<svg><title>fpcrawler evaluate</title>")
    assert not holds_curve(b"<svg><title>another</title>")
    assert not holds_curve(b"fpcrawler evaluate")


def test_a_log_is_any_text() -> None:
    assert may_be_log(b"2026-11-01 12:00:00 [scrapy] INFO: started\n")
    assert not may_be_log(b"a\0b")
