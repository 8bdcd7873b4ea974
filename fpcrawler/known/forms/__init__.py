"""The forms of known lists, each in a file: how to recognise it, how to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.known.forms import (
    bare,
    bsd,
    cdx,
    dfxml,
    hashdeep,
    misp,
    parquet,
    records,
    sqlite,
    stix,
    table,
    vics,
)

if TYPE_CHECKING:
    from fpcrawler.known.rows import Form

BINARY: tuple[Form, ...] = (sqlite.FORM, parquet.FORM)
TEXTS: tuple[Form, ...] = (
    dfxml.FORM,
    stix.FORM,
    misp.FORM,
    vics.FORM,
    records.FORM,
    hashdeep.FORM,
    bsd.FORM,
    table.FORM,
    cdx.FORM,
    bare.FORM,
)
"""The first that recognises a list reads it; the last reads any text."""
