"""When records of one world contradict each other, as docs/duplicates.md says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import fingerprint_of

if TYPE_CHECKING:
    from tests.duplicates.worlds import Record


def is_disputed(records: list[Record], a: int, b: int) -> bool:
    """Return whether a third picture begins as these and is not the same."""
    like = [
        record
        for record in records
        if any(
            record[name] is not None
            and record[name] in (records[a][name], records[b][name])
            for name in ("sha256_first_10240_bytes", "picture_sha256")
        )
    ]
    names = ("picture_sha256", "picture_length", "end_sha256")
    return any(len({r[n] for r in like} - {None}) > 1 for n in names) or any(
        blocks_differ(one, other) for one, other in combinations(like, 2)
    )


def contradict(records: list[Record]) -> bool:
    """Return whether pictures differ in their end, or files of one head in a digest."""
    if len({record["end_sha256"] for record in records} - {None}) > 1:
        return True
    if any(blocks_differ(a, b) for a, b in combinations(records, 2)):
        return True
    values: dict[tuple[Any, ...], set[str]] = {}
    wrong = set(mistaken(records))
    for record in records:
        file = (record["image_size"], record["sha256_first_10240_bytes"])
        for kind, value in fingerprint_of(record).digests.items():
            if (
                None not in file
                and (record["file_digests"]["sha256"], kind) not in wrong
            ):
                values.setdefault((kind, *file), set()).add(value)
    return any(len(found) > 1 for found in values.values())


def blocks_differ(a: Record, b: Record) -> bool:
    if any(record["evidence"].get("is_upper_bound") for record in (a, b)):
        return False
    one, other = a["blocks_sha256"], b["blocks_sha256"]
    return any(one[offset] != other[offset] for offset in one.keys() & other)


def stated(records: list[Record], record: Record) -> dict[str, set[str]]:
    """Return what servers state of a record's file, by kind of digest."""
    whole = record["file_digests"]["sha256"]
    found: dict[str, set[str]] = {}
    for one in records:
        if one is record or (whole and whole == one["file_digests"]["sha256"]):
            for kind, value in one["server_digests"].items():
                found.setdefault(kind, set()).add(value)
    return found


def mistaken(records: list[Record]) -> Iterator[tuple[str, str]]:
    """Yield files and the kinds of their digests of which servers state two values."""
    for one, other in combinations(records, 2):
        whole = one["file_digests"]["sha256"]
        if whole is not None and whole == other["file_digests"]["sha256"]:
            a, b = one["server_digests"], other["server_digests"]
            yield from ((whole, kind) for kind in a.keys() & b if a[kind] != b[kind])


def some_contradict(records: list[Record], a: int, b: int) -> bool:
    """Return whether any two records that share a key with these two contradict."""
    keys = [keys_of(record) for record in records]
    sharing = [
        record
        for record, own in zip(records, keys, strict=True)
        if own & keys[a] & keys[b]
    ]
    return any(map(differ, *zip(*combinations(sharing, 2), strict=True)))


def keys_of(record: Record) -> set[tuple[Any, ...]]:
    file = (record["image_size"], record["sha256_first_10240_bytes"])
    picture = (record["picture_sha256"], record["picture_length"])
    return {file, picture, *fingerprint_of(record).digests.items()}


def differ(a: Record, b: Record) -> bool:
    """Return whether two records contradict.

    What servers state of one file, as its digest was computed, contradicts nothing.
    """
    one, other = ({**fingerprint_of(r).digests, **r} for r in (a, b))
    names = {"image_size", "sha256_first_10240_bytes", "end_sha256"}
    whole = a["file_digests"]["sha256"]
    if whole is None or whole != b["file_digests"]["sha256"]:
        names |= {*FILE_DIGESTS}
    known = [n for n in names if one.get(n) is not None and other.get(n) is not None]
    return any(one[name] != other[name] for name in known) or blocks_differ(a, b)


def share_head(a: Record, b: Record) -> bool:
    return any(
        a[name] is not None and a[name] == b[name]
        for name in ("sha256_first_10240_bytes", "picture_sha256")
    )
