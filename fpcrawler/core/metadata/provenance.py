"""The record's ``provenance``: who made a picture, and how, as the file says itself.

The signature of a C2PA manifest is not checked, and no other place is asked, such as a
remote manifest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fpcrawler.core.metadata.claims import MAX_TEXT_CHARS, Action
from fpcrawler.core.metadata.signers import Signer

# IPTC Extension schema 1.8; the second is its name before 2010. IPTC-IIM has no such
# dataset.
_SOURCE_TYPES = ("Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:DigitalSourcefileType")

_CREATED = "c2pa.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The record's ``provenance``; None where it is not known.

    ``c2pa``: whether there is a manifest store; the rest is of its active manifest.
    ``actions`` is empty if it names none. ``digital_source_type`` is as written,
    normally a URI of https://cv.iptc.org/newscodes/digitalsourcetype/.
    """

    c2pa: bool | None = None
    generator: str | None = None
    actions: tuple[Action, ...] | None = None
    digital_source_type: str | None = None
    signer: Signer | None = None


def with_source_type(provenance: Provenance, xmp: dict[str, str]) -> Provenance:
    """Return the provenance with the source type of XMP, unless it has one of C2PA.

    A claim is signed, and XMP is not. ``xmp``: property names to texts.
    """
    if provenance.digital_source_type:
        return provenance
    found = next((xmp[name] for name in _SOURCE_TYPES if xmp.get(name)), None)
    if found is None:
        return provenance
    return replace(provenance, digital_source_type=found)


def created_as(actions: Iterable[Action]) -> str | None:
    """Return the source type of ``c2pa.created``, else of the first action with one."""
    with_type = [action for action in actions if action.digital_source_type]
    created = [action for action in with_type if action.action == _CREATED]
    return next((a.digital_source_type for a in created + with_type), None)


def is_cut(provenance: Provenance) -> bool:
    """Return whether a text was cut: it is longer than MAX_TEXT_CHARS."""
    signer = provenance.signer or Signer()
    texts = [provenance.generator, signer.organization, signer.common_name]
    for action in provenance.actions or ():
        texts += action.texts
    return any(len(text or "") > MAX_TEXT_CHARS for text in texts)
