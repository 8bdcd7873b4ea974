"""How far each kind of metadata was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, TypedDict, get_args

Status = Literal["complete", "incomplete", "damaged", "not-sought"]
"""``complete``: every place was read, even if nothing was there. ``incomplete``:
bytes are missing, or something was cut. ``damaged``: bytes are here that could not be
read. ``not-sought``: not wanted, and not whole in the received bytes."""


Kind = Literal["exif", "xmp", "iptc", "texts", "provenance"]
"""The kinds of metadata, as METADATA_KINDS and ``metadata_status`` name them."""

KINDS: tuple[Kind, ...] = get_args(Kind)


class MetadataStatus(TypedDict):
    """The status of each kind of metadata."""

    exif: Status
    xmp: Status
    iptc: Status
    texts: Status
    provenance: Status


class Progress(NamedTuple):
    """How far a kind was read, or how far its places were searched for.

    ``is_missing``: bytes were not received, or places are beyond a limit. ``is_cut``:
    the bytes say more than a record may have.
    """

    is_damaged: bool = False
    is_missing: bool = False
    is_cut: bool = False

    @property
    def is_final(self) -> bool:
        """Whether further bytes of the file cannot change the status."""
        return not self.is_missing

    def after(self, search: Progress) -> Progress:
        """Return the progress of a kind whose places ``search`` looks for."""
        if True not in search:
            return self
        return Progress(
            is_damaged=self.is_damaged or search.is_damaged,
            is_missing=self.is_missing or search.is_missing,
            is_cut=self.is_cut or search.is_cut,
        )


def status_of(progress: Progress | None, *, is_sought: bool) -> Status:
    """Return the status of a kind; None: nothing was read."""
    if progress is None:
        return "not-sought"
    if progress.is_damaged:
        return "damaged"
    if progress.is_cut:
        return "incomplete"
    if not progress.is_missing:
        return "complete"
    return "incomplete" if is_sought else "not-sought"


def metadata_status(
    kinds: Mapping[Kind, Progress], sought: Collection[Kind]
) -> MetadataStatus:
    """Return the status of all kinds, from the progress of those that were read."""

    def status(kind: Kind) -> Status:
        return status_of(kinds.get(kind), is_sought=kind in sought)

    return MetadataStatus(
        exif=status("exif"),
        xmp=status("xmp"),
        iptc=status("iptc"),
        texts=status("texts"),
        provenance=status("provenance"),
    )
