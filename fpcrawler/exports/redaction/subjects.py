"""What can be redacted, and which tags say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import lru_cache

from fpcrawler.errors import BadInput


class Subject(StrEnum):
    """A word of ``--redact``."""

    GPS = "gps"
    OWNER = "owner"
    SERIAL = "serial"


SUBJECTS = ", ".join(Subject)

# A tag that is removed without need does less harm than one that is left. But the
# country stays, and SubjectLocation is a place in the picture. 0x830E to
# 0x87B1 are GeoTIFF's (OGC 19-008r4 section 7.1), 0xC62F and 0xC65D those of DNG 1.6
# for the camera's serial number and the raw picture's number.
_TAGS = {
    Subject.GPS: re.compile(
        r"gps|latitude|longt?itude|altitude|geo(?!met)|(?<!primary)(?<!subject)location"
        r"|locality|\bcity\b|landmark|address|coordinate|wgs84|(?:^|\W)cell:"
        r"|Tag 0x(?:830E|8482|85D8|87AF|87B0|87B1)\b|ModelTiepoint|ModelTransform"
        r"|ModelPixelScale",
        re.IGNORECASE,
    ),
    Subject.OWNER: re.compile(
        r"owner|artist|author|attribution|creator(?!tool|atom|app|version)|photographer"
        r"|image ?editor\b|writer|by-?line|credit|copyright|rights|contact|licensor"
        r"|publisher|contributor|supplier|(?:^|[:/ ])source$",
        re.IGNORECASE,
    ),
    Subject.SERIAL: re.compile(
        r"serial|unique ?id|captureuuid|imageguid|Tag 0x(?:C62F|C65D)\b", re.IGNORECASE
    ),
}

_USUAL = 100
"""Characters; the names of most tags are shorter."""

DEVICE_KEYS = {
    Subject.GPS: (),
    Subject.OWNER: ("owner",),
    Subject.SERIAL: ("serial", "internal_serial", "lens_serial", "image_id"),
}
"""The keys of ``device`` that become null."""


def subjects_of(words: str | None) -> frozenset[Subject]:
    """Return the subjects that ``--redact`` names, separated by commas.

    Raises BadInput for a word that is not one, and for no word at all.
    """
    if words is None:
        return frozenset()
    named = [word.strip() for word in words.split(",")]
    unknown = [word for word in named if word not in [*Subject]]
    if unknown:
        raise BadInput(
            f"--redact has {unknown[0]!r}; use one or more of {SUBJECTS}, separated "
            "by commas."
        )
    return frozenset(map(Subject, named))


def says(name: str, subjects: Collection[Subject]) -> bool:
    """Return whether a tag of this name is about one of the subjects."""
    if len(name) > _USUAL:  # files from the web must not fill the cache with it
        return any(_TAGS[subject].search(name) for subject in subjects)
    return any(_says(name, subject) for subject in subjects)


@lru_cache(maxsize=16_384)
def _says(name: str, subject: Subject) -> bool:
    return _TAGS[subject].search(name) is not None


def device_keys(subjects: Iterable[Subject]) -> set[str]:
    """Return the keys of ``device`` that are about the subjects."""
    return {key for subject in subjects for key in DEVICE_KEYS[subject]}
