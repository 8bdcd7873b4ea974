"""Write what follows from the types of ``fpcrawler``: ``python -m tests.schemas``.

These are the JSON Schemas, Hive's DDL in docs/scale.md and, in DATA_FORMAT.md, the
types of the fields and a first row of a new field.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import (
    Annotated,
    Any,
    Literal,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
)

from fpcrawler import items
from fpcrawler.core.fingerprint.rules import (
    VerdictName,  # noqa: TC001 - get_type_hints reads it
)
from fpcrawler.core.fingerprint.verdicts import Grounds  # noqa: TC001 - likewise
from fpcrawler.feeds.run_file import RunFile
from fpcrawler.items import ImageRecord, Timestamp
from fpcrawler.known.comparing import MatchReport
from tests.commands import ROOT
from tests.validation import SCHEMAS

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
_HIVE = {
    "string": "string",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
}
_RESERVED = {"timestamp", "row", "set", "local", "offset", "time"}
_TIME_PATTERN = get_args(Timestamp)[1]


class DroppedNote(TypedDict):
    """A line of the notes beside a feed: an image was dropped."""

    dropped: str
    reason: str
    tor: bool


class RefusedNote(TypedDict):
    """A line of the notes beside a feed: an image was not requested."""

    refused: str
    reason: str
    tor: bool


class PageNote(TypedDict):
    """A line of the notes beside a feed: a page is complete."""

    page: str
    depth: int
    tor: bool


class RecordNote(TypedDict):
    """A line of the notes beside a feed: how an image was reached."""

    record: str
    page_url: str | None
    tor: bool
    redirects: list[str]


class DuplicateImage(TypedDict):
    """An image in a group of duplicates."""

    url: str
    page_url: str | None
    image_size: int | None
    format: str | None
    width: int | None
    height: int | None
    timestamp: Timestamp | None
    feed: str


class DuplicateGroup(TypedDict):
    """A group of duplicates."""

    verdict: VerdictName
    evidence: Grounds
    next_step: str
    images: list[DuplicateImage]


class SameDeviceImage(TypedDict):
    """An image in a group of one device; ``tags`` say its number."""

    url: str
    page_url: str | None
    timestamp: Timestamp | None
    feed: str
    make: str
    model: str | None
    number: str
    tags: list[str]


class SameDeviceGroup(TypedDict):
    """The images of one device."""

    kind: Literal["serial", "internal_serial", "lens_serial"]
    make: str
    number: str
    images: list[SameDeviceImage]


def schema_of(hint: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type."""
    first, *others = get_args(hint) or (hint,)
    if NoneType in others:
        schema = schema_of(first)
        words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, **words, "type": [schema["type"], "null"]}
    if get_origin(hint) is Annotated:
        (note,) = others
        is_shape = isinstance(note, type)
        return schema_of(note) if is_shape else {**schema_of(first), "pattern": note}
    if origin := get_origin(hint):
        return _generic(origin, get_args(hint))
    if hint in _SCALARS:
        return {**_SCALARS[hint]}
    return _named(hint)


def _generic(origin: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the JSON Schema of a list, tuple, dict or literal."""
    if origin is Literal:
        return {"type": "string", "enum": [*arguments]}
    if origin is list or ... in arguments:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin in {dict, Mapping}:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    return {
        "type": "array",
        "prefixItems": [*map(schema_of, arguments)],
        "items": False,
        "minItems": len(arguments),
    }


def _named(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of an enum, dataclass or TypedDict."""
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [*kind]}
    fields = get_type_hints(kind, include_extras=True)
    return {
        "type": "object",
        "properties": {name: schema_of(hint) for name, hint in fields.items()},
        "required": [*fields],
        "additionalProperties": False,
    }


def sentences() -> dict[str, str]:
    """Return the sentence of each field of the record, from its docstring."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(items)).body
        if isinstance(node, ast.ClassDef) and node.name == "RecordFields"
    )
    return {
        field.target.id: ast.literal_eval(text.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr)
    }


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record, with a sentence for each field."""
    schema = schema_of(ImageRecord)
    for name, text in sentences().items():
        schema["properties"][name]["description"] = text
    return schema


def type_in_words(schema: dict[str, Any]) -> str:
    """Return the type of a field as DATA_FORMAT.md writes it."""
    kind = schema["type"]
    if kind == "array":
        return f"array of {schema['items']['type']}s"
    return kind if isinstance(kind, str) else " or ".join(kind)


def generated() -> dict[Path, str]:
    """Return the files that follow from types, with their contents."""
    schemas = {
        "record": ("A record of a feed", record_schema()),
        "note": (
            "A line of the notes beside a feed",
            {
                "oneOf": [
                    *map(schema_of, (DroppedNote, RefusedNote, PageNote, RecordNote))
                ]
            },
        ),
        "run": ("The record of the runs beside a feed", schema_of(RunFile)),
        "duplicates": (
            "The output of scrapy duplicates --json",
            schema_of(list[DuplicateGroup]),
        ),
        "devices": (
            "The output of scrapy duplicates --same-device --json",
            schema_of(list[SameDeviceGroup]),
        ),
        "match": ("The output of scrapy match --json", schema_of(MatchReport)),
    }
    files = {
        SCHEMAS / f"{name}.json": _as_text(title, schema)
        for name, (title, schema) in schemas.items()
    }
    for path, parts in (
        (
            ROOT / "DATA_FORMAT.md",
            ("| field | type | value |\n|---|---|---|\n", "\n\n"),
        ),
        (ROOT / "docs" / "scale.md", ("CREATE EXTERNAL TABLE images (\n", "\n) ")),
    ):
        before, start, rest = path.read_text(encoding="utf-8").partition(parts[0])
        old, end, after = rest.partition(parts[1])
        new = _rows(old) if path.name == "DATA_FORMAT.md" else _ddl()
        files[path] = before + start + new + end + after
    return files


def _as_text(title: str, schema: dict[str, Any]) -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def _rows(old: str) -> str:
    """Return the rows of DATA_FORMAT.md: texts that are there stay."""
    texts = {line.split("`")[1]: line.split(" | ", 2)[2] for line in old.splitlines()}
    fields = record_schema()["properties"]
    return "\n".join(
        f"| `{name}` | {type_in_words(field)} | {texts.get(name, _new_text(field))}"
        for name, field in fields.items()
    )


def _new_text(field: dict[str, Any]) -> str:
    return f"{opening(field['description'])} |"


def opening(sentence: str) -> str:
    """Return a sentence as the beginning of a cell: no capital, no full stop."""
    first, *rest = sentence.split(" ")
    is_name = first[1:2].isupper()  # SHA-256, XMP
    words = [first if is_name else first.lower(), *rest]
    return " ".join(words).removesuffix(".")


def _ddl() -> str:
    fields = record_schema()["properties"]
    return ",\n".join(
        f"  {_quoted(name)} {_hive(field)}" for name, field in fields.items()
    )


def _hive(schema: dict[str, Any]) -> str:
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if schema.get("pattern") == _TIME_PATTERN:
        return "timestamp"
    if "prefixItems" in schema:
        return "array<string>"  # an array of Hive has one type
    if kind == "array":
        return f"array<{_hive(schema['items'])}>"
    if "properties" in schema:
        fields = schema["properties"].items()
        pairs = (f"{_quoted(name)}:{_hive(field)}" for name, field in fields)
        return f"struct<{','.join(pairs)}>"
    if kind == "object":
        return f"map<string,{_hive(schema['additionalProperties'])}>"
    return _HIVE[kind]


def _quoted(name: str) -> str:
    return f"`{name}`" if name in _RESERVED else name


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
