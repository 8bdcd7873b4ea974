"""What a match with a known list says, and what was not compared, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fpcrawler.core.fingerprint.known import KnownSet, Match

_WHOLE = ("md5", "sha1", "sha256", "sha512")


def in_words(match: Match) -> str:
    """Return what the list says of the image, ``""`` if nothing."""
    known_set, agrees = match["set"], match["size_agrees"]
    parts = [
        "" if known_set == "unknown" else known_set,
        f"category {match['category']}" if match["category"] else "",
        f"series {match['series']}" if match["series"] else "",
        ", ".join(match["flags"]),
        match["name"] or "",
        "SIZE DIFFERS from that in the list" if agrees is False else "",
    ]
    return "; ".join(filter(None, parts))


def sets_of(matches: Iterable[Match]) -> set[KnownSet]:
    """Return what the lists say an image is, without ``unknown``."""
    return {match["set"] for match in matches} - {"unknown"}


def sets_in_words(counts: Mapping[str, int]) -> list[str]:
    """Return how many images are known-bad and known-good, without zeros."""
    sets: tuple[KnownSet, ...] = ("known-bad", "known-good")
    return [f"{counts[name]:,} {name}" for name in sets if counts.get(name)]


def not_compared(name: str, kinds: str, comparable: int, images: int) -> str:
    """Return how many images a list could not be compared with; ``""`` if none.

    ``kinds``: those that the list has, separated by commas. ``comparable``: images
    with a digest of one of these kinds.
    """
    if comparable >= images or not kinds:
        return ""
    are_whole = {*kinds.split(", ")} <= {*_WHOLE}
    digest = "whole-file digest" if are_whole else "digest"
    advice = (
        "set LOCAL_DIGESTS for local files, or compare with a feed of ours"
        if are_whole
        else "crawl again with PICTURE_FINGERPRINT"
    )
    effect = (
        "could not be compared" if not comparable else "was compared with these only"
    )
    return (
        f"{comparable:,} of {images:,} images have a {digest} of its kinds "
        f"({kinds}), so the list {name} {effect}: {advice}"
    )
