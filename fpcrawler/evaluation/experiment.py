"""The experiment: how each method groups the images of a folder."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from w3lib.url import file_uri_to_path

from fpcrawler.core.fingerprint.evidence import Fingerprint, fingerprint_of
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.rules import PROVEN
from fpcrawler.evaluation.retags import Retags
from fpcrawler.evaluation.scoring import FOUND, SAME_FILE, Tally, grouped, judged, tally
from fpcrawler.evaluation.truth import (
    PREFIXES,
    Whole,
    picture_of,
    read_bytes,
    read_whole,
)
from fpcrawler.items import JUDGED_FIELDS

if TYPE_CHECKING:
    from fpcrawler.crawl.budget import ReadOptions
    from fpcrawler.evaluation.scoring import Group
    from fpcrawler.evaluation.verifying import SecondLook, Verifier

RECORD_FIELDS = [
    *("url", "format", *JUDGED_FIELDS, "requests", "bytes_downloaded"),
]
"""Fields of a record that the experiment reads; none holds bytes of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A file's record in the crawl, and the digests of the whole file."""

    path: Path
    name: str
    format: str
    requests: int
    bytes_downloaded: int
    fingerprint: Fingerprint
    whole: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method that finds copies, and its result.

    ``name``: ``prefix`` or ``prefix and size``, which compare the first
    ``prefix_bytes``; or our verdicts, each with all stronger ones: ``same file``,
    ``same picture``, ``likely``.
    """

    name: str
    prefix_bytes: int | None
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The images of one format: mean size, requests and bytes read of an image."""

    images: int
    size: float
    requests: float
    bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The result for a folder.

    ``truth``: by the digests of the whole files. ``methods``: by the records of the
    crawl, after the ``second_look`` if there was one. ``curve``: one or more methods
    for each prefix length. The ``second_look`` counts all that were taken so far.
    ``lost``: file to reason, where the file changed after the
    crawl or cannot be read.
    """

    images: Sequence[Image]
    lost: dict[str, str]
    truth: Tally
    methods: list[Method]
    curve: list[Method]
    costs: dict[str, Cost]
    second_look: SecondLook | None


class EvaluatedFolder:
    """The images of a folder, as a crawl recorded them."""

    def __init__(self, path: Path, feed: Path) -> None:
        self.path = path
        self.lost: dict[str, str] = {}
        # A crawl records images as responses arrive; a report needs a fixed order.
        self.images = sorted(self._read(feed), key=attrgetter("name"))
        self._pictures: dict[int, str | None] = {}
        self._verifier: Verifier | None = None

    def verify(self, verifier: Verifier) -> None:
        """Look again at the images that may be copies of each other."""
        fingerprints = verifier.looked_again(
            [image.fingerprint for image in self.images],
            lambda index: read_bytes(self.images[index].path),
        )
        self.images = [
            replace(image, fingerprint=fingerprint)
            for image, fingerprint in zip(self.images, fingerprints, strict=True)
        ]
        self._verifier = verifier

    def evaluate(self) -> Evaluation:
        """Compare each method with the truth."""
        fingerprints = [image.fingerprint for image in self.images]
        heads = [fingerprint.sample_sha256 for fingerprint in fingerprints]
        same_file = self._tally(judged(fingerprints, SAME_FILE), is_strict=True)
        same_picture = self._tally(judged(fingerprints, PROVEN))
        likely = self._tally(judged(fingerprints, FOUND))
        return Evaluation(
            images=self.images,
            lost=self.lost,
            truth=self._tally(grouped(image.whole.sha256 for image in self.images)),
            methods=[
                *self._prefix_methods(SAMPLE_BYTES, heads),
                Method(name="same file", prefix_bytes=None, tally=same_file),
                Method(name="same picture", prefix_bytes=None, tally=same_picture),
                Method(name="likely", prefix_bytes=None, tally=likely),
            ],
            curve=[
                method
                for at, length in enumerate(PREFIXES)
                for method in self._prefix_methods(
                    length, [image.whole.prefixes[at] for image in self.images]
                )
            ],
            costs=self._costs(),
            second_look=self._verifier.total() if self._verifier else None,
        )

    def retag(self, wanted: ReadOptions, verifier: Verifier | None) -> Retags:
        """Judge retagged copies of each image, read as the crawl would read them."""
        retags = Retags(wanted, verifier)
        for image, data in self.files():
            retags.add(image.name, image.format, image.fingerprint, data)
        return retags

    def files(self) -> Iterator[tuple[Image, bytes]]:
        """Yield each image with the bytes of its file; very large ones are skipped."""
        for image in self.images:
            data = read_bytes(image.path)
            if data is not None:
                yield image, data

    def _read(self, feed: Path) -> Iterator[Image]:
        """Pair each record with its whole file; files that changed go to ``lost``."""
        with feed.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                path = Path(file_uri_to_path(record["url"]))
                name = str(path.relative_to(self.path))
                try:
                    image = _image(record, path, name)
                except OSError as error:
                    self.lost[name] = error.strerror or type(error).__name__
                    continue
                if image.whole.size == image.fingerprint.image_size:
                    yield image
                else:
                    self.lost[name] = "the file changed after the crawl"

    def _prefix_methods(self, length: int, keys: Sequence[Hashable]) -> list[Method]:
        sizes = [image.whole.size for image in self.images]
        groups = {
            "prefix": grouped(keys),
            "prefix and size": grouped(zip(keys, sizes, strict=True)),
        }
        return [
            Method(name=name, prefix_bytes=length, tally=self._tally(found))
            for name, found in groups.items()
        ]

    def _tally(self, groups: list[Group], *, is_strict: bool = False) -> Tally:
        """Judge groups; with ``is_strict``, other metadata counts as another file."""
        contents = [image.whole.sha256 for image in self.images]
        return tally(
            groups, contents, contents.__getitem__ if is_strict else self._picture
        )

    def _picture(self, index: int) -> str | None:
        if index not in self._pictures:
            self._pictures[index] = picture_of(self.images[index].path)
        return self._pictures[index]

    def _costs(self) -> dict[str, Cost]:
        by_format: dict[str, list[Image]] = defaultdict(list)
        for image in self.images:
            by_format[image.format].append(image)
        if len(by_format) > 1:
            by_format["all"] = self.images
        return {name: _cost(images) for name, images in by_format.items()}


def _image(record: dict[str, Any], path: Path, name: str) -> Image:
    return Image(
        path=path,
        name=name,
        format=record["format"],
        requests=sum(record["requests"].values()),
        bytes_downloaded=record["bytes_downloaded"],
        fingerprint=fingerprint_of(record),
        whole=read_whole(path),
    )


def _cost(images: Sequence[Image]) -> Cost:
    return Cost(
        images=len(images),
        size=mean(image.whole.size for image in images),
        requests=mean(image.requests for image in images),
        bytes=mean(image.bytes_downloaded for image in images),
    )
