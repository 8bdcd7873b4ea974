"""Compare output with the JSON Schemas of ``schemas/``."""

from __future__ import annotations

import functools
import json
import sys
from unittest.mock import patch

with patch.dict(sys.modules, {"rfc3987_syntax": None}):
    # Its grammars take seconds to build, for formats, which are not checked here.
    from jsonschema import Draft202012Validator

from tests.commands import ROOT

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
