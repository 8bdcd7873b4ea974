"""What the record of a file must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.core.corpus import CORPUS

CASES = CORPUS.with_name("cases") / "metadata"

KINDS = ("exif", "xmp", "iptc", "texts", "provenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, and what its record must have; ``data`` is None for a shared file.

    ``exif``, ``xmp`` and ``iptc`` are some of the record's values, ``texts`` all names
    and texts. ``source_type`` is that of ``provenance``. ``status`` is by kind;
    a kind without one is complete.
    """

    name: str
    data: bytes | None = None
    exif: Mapping[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    xmp: Mapping[str, str] = field(default_factory=dict)
    iptc: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[tuple[str, str], ...] = ()
    source_type: str | None = None
    status: Mapping[str, str] = field(default_factory=dict)
