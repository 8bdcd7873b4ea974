"""Compare output with the JSON Schemas of ``schemas/``."""

from __future__ import annotations

import functools
import json
import sys

# Its grammars take seconds to build, for formats, which are not checked here.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
from jsonschema import Draft202012Validator  # noqa: E402

del sys.modules["rfc3987_syntax"]

from tests.commands import ROOT  # noqa: E402

SCHEMAS = ROOT / "schemas"


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def validate(name: str, *values: object) -> None:
    """Raise ValidationError for a value that ``schemas/NAME.json`` does not allow."""
    for value in values:
        _validator(name).validate(value)
