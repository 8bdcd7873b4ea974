"""The item that the pipelines pass on, and the record that they write."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.evidence import Evidence
from fpcrawler.core.fingerprint.known import Match
from fpcrawler.core.metadata.device import Device
from fpcrawler.core.metadata.location import Location
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.spans import Span
from fpcrawler.core.metadata.status import MetadataStatus, metadata_status
from fpcrawler.core.metadata.taken import Taken
from fpcrawler.core.metadata.texts import Text
from fpcrawler.core.web.reservations import RESERVATIONS

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.core.file.sparse import SparseFile

Timestamp = Annotated[str, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"]
"""A UTC time, in tables a timestamp. The note is the JSON Schema's pattern."""
Reservation = Annotated[str, f"^({'|'.join(RESERVATIONS)})$"]
Sha256 = Annotated[str, "^[0-9a-f]{64}$"]
Hex = Annotated[str, "^([0-9a-f]{2})*$"]
EvidenceObject = Annotated[dict[str, int], Evidence]
"""An object with the fields of ``Evidence``: feed formats know no dataclasses."""
FileDigestsObject = Annotated[dict[str, str | None], FileDigests]
TextObject = Annotated[dict[str, str], Text]
ProvenanceObject = Annotated[dict[str, object], Provenance]
LocationObject = Annotated[dict[str, object], Location]
TakenObject = Annotated[dict[str, object], Taken]
DeviceObject = Annotated[dict[str, object], Device]

_JUDGED = {"judged": True}

_Item = TypeVar("_Item", "ImageRecord", "Sample")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFields:
    """The fields of a record in the order of the feeds, each declared here only.

    The types of tables, the JSON Schema, Hive's DDL and the table of DATA_FORMAT.md
    follow from the declarations. The text below a field is how its row in
    DATA_FORMAT.md begins. Duplicates are judged by the fields with ``_JUDGED``.

    A default object is a shallow copy: each sample gets one, and ``asdict`` for each
    took 20 times as long as all the rest. What is in it, ``sources``, is shared.
    """

    url: str
    """The image's URL as requested."""
    image_size: int | None = field(metadata=_JUDGED)
    """Bytes of the whole file."""
    etag: str | None
    """The `ETag` without `W/` and quotes."""
    timestamp: Timestamp
    """When the sample was received, UTC, `YYYY-MM-DDTHH:MM:SS`."""
    exif: dict[str, str] = field(default_factory=dict)
    """Tag to printed value, as exifread 3.5.1 prints it for the whole file."""
    sha256_first_10240_bytes: Sha256 = field(default="", metadata=_JUDGED)
    """SHA-256, in hex, of the bytes that `Range: bytes=0-10240` returns."""
    random_128_bytes_sample_start: Hex = ""
    """The last 128 of these bytes in hex."""
    page_url: str | None
    """The URL, after redirects, of the first page that names the image."""
    found_in: str | None
    """Where that page names it."""
    alt: str | None
    """The `alt` text of the element."""
    format: str = ""
    """According to the first bytes."""
    width: int | None = None
    """Pixels according to the file's header, before any rotation."""
    height: int | None = None
    """As `width`."""
    content_type: str | None
    """The `Content-Type` as the server sent it, right or wrong."""
    last_modified: str | None
    """The `Last-Modified` as the server sent it."""
    metadata_status: MetadataStatus = field(
        default_factory=metadata_status({}, ()).copy
    )
    """How far each kind of metadata was read."""
    user_comment: str | None = None
    """The text of the EXIF tag UserComment."""
    xmp: dict[str, str] = field(default_factory=dict)
    """XMP property such as `dc:creator` or `xmpMM:OriginalDocumentID` to its text."""
    iptc: dict[str, str] = field(default_factory=dict)
    """IPTC dataset such as `By-line`, `City` or `Keywords` to its text."""
    texts: list[TextObject] = field(default_factory=list[TextObject])
    """Texts that are in no block of metadata, each with `name` and `text`."""
    provenance: ProvenanceObject = field(default_factory=asdict(Provenance()).copy)
    """Who made the image and how, as it says itself; the signature is not checked."""
    location: LocationObject = field(default_factory=asdict(Location()).copy)
    """Where the camera was."""
    taken: TakenObject = field(default_factory=asdict(Taken()).copy)
    """When the picture was taken, by the camera's clock."""
    device: DeviceObject = field(default_factory=asdict(Device()).copy)
    """Which camera took the picture, and whose it is."""
    picture_sha256: Sha256 | None = field(default=None, metadata=_JUDGED)
    """SHA-256, in hex, of the picture's canonical form."""
    picture_length: int | None = field(default=None, metadata=_JUDGED)
    """Bytes of coded data."""
    end_sha256: Sha256 | None = field(default=None, metadata=_JUDGED)
    """SHA-256 of the last 1,024 bytes of the coded data."""
    blocks_sha256: dict[str, Sha256] = field(default_factory=dict, metadata=_JUDGED)
    """Offset in the coded data to the SHA-256 of the 1,024 bytes there."""
    evidence: EvidenceObject = field(
        default_factory=asdict(Evidence()).copy, metadata=_JUDGED
    )
    """How many bytes the fingerprints cover."""
    server_digests: dict[str, str] = field(default_factory=dict, metadata=_JUDGED)
    """Digests of the whole file that the server states."""
    file_digests: FileDigestsObject = field(
        default_factory=asdict(FileDigests()).copy, metadata=_JUDGED
    )
    """Digests of the whole file, of which every byte was read."""
    matches: list[Match] = field(default_factory=list[Match])
    """The known lists (`KNOWN_LISTS`) that the image is on."""
    requests: dict[str, int]
    """Requests by purpose, without redirects and retries."""
    bytes_downloaded: int
    """Bytes of response bodies that were read for this image."""
    spans: list[Span] = field(default_factory=list[Span])
    """Where metadata and picture are in the file, and what was read of it."""
    has_ranges: bool | None
    """Whether the server returns ranges of the file."""
    tor: bool
    """Whether the image was reached through Tor."""
    reservations: list[Reservation] = field(default_factory=list[Reservation])
    """What the site reserves, by the image's response or its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord(RecordFields):
    """One image as in the feeds; DATA_FORMAT.md describes each field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where to fetch further bytes of an image."""

    request: Request
    """The request that returned the sample, after all redirects."""
    validator: str | None
    """The value of ``If-Range``, so that no bytes of a changed file are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(RecordFields):
    """An image in the pipelines: the record so far, and what never reaches a feed."""

    head: bytes = field(repr=False)
    """The bytes that ``Range: bytes=0-10240`` returns."""
    bytes_seen: int | None
    """Bytes read from the start of the file; None if the server sent a part."""
    file: SparseFile = field(repr=False)
    """All bytes received."""
    source: Source = field(repr=False)
    is_contradictory: bool = False
    """The response contradicts itself, so the end of the file is not known."""

    def but(self, **changes: Any) -> Sample:
        """Return a copy with other values, as ``dataclasses.replace`` does.

        Four copies are made of each image. Setting the slots takes a third of the time
        of ``replace``, which asks about each field and calls ``__init__``.
        """
        copy = _copied(self, Sample)
        for name, value in changes.items():
            object.__setattr__(copy, name, value)
        return copy

    def record(self) -> ImageRecord:
        """Return the record: all fields but those of the bytes."""
        return _copied(self, ImageRecord)


def _copied(item: Sample, kind: type[_Item]) -> _Item:
    """Return an item of a kind with the values that it shares with ``item``."""
    copy = object.__new__(kind)
    for take, give in _SLOTS[kind]:
        give(copy, take(item))
    return copy


RECORD_FIELDS = [each.name for each in fields(ImageRecord)]
JUDGED_FIELDS = [each.name for each in fields(ImageRecord) if "judged" in each.metadata]
"""The fields that the verdicts of duplicates are based on."""

_SLOTS = {
    kind: [
        (slot.__get__, slot.__set__)
        for each in fields(kind)
        for slot in [getattr(Sample, each.name)]
    ]
    for kind in (ImageRecord, Sample)
}
