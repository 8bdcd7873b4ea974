"""Which images of feeds are looked at again, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.core.fingerprint.blocks import block_offsets
from fpcrawler.errors import BadInput
from fpcrawler.verify.selection import selected

if TYPE_CHECKING:
    from fpcrawler.verify.goal import Goal

A, B = "aa" * 32, "bb" * 32


def record(url: str, **changes: Any) -> dict[str, Any]:
    """Return the record of a JPEG whose end was not seen."""
    evidence = {"sample_coded": 9_000, "sample_deflated": 9_000}
    evidence |= {"picture_coded": 4_096, "picture_deflated": 4_096}
    return {
        "url": f"https://a.example/{url}",
        "image_size": 101_000,
        "timestamp": "2026-11-02T01:02:03",
        "sha256_first_10240_bytes": A,
        "format": "jpeg",
        "picture_sha256": A,
        "picture_length": 100_000,
        "evidence": {**evidence, "is_upper_bound": True},
        "requests": {"sample": 1},
        "tor": False,
        **changes,
    }


def goals(path: Path, *records: dict[str, Any]) -> dict[str, Goal]:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    found = selected(str(path), 4)
    return {goal.record.url.rpartition("/")[2]: goal for goal in found}


def retagged(url: str, length: int, **changes: Any) -> dict[str, Any]:
    """Return a record of the same picture with another length and other metadata."""
    size = length + 1_500
    other = {"image_size": size, "sha256_first_10240_bytes": B}
    return record(url, picture_length=length, **{**other, **changes})


EXACT = {"evidence": {**record("x")["evidence"], "is_upper_bound": False}}
ENDED = {**EXACT, "end_sha256": B}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param(
            [record("1"), record("2")], {"1": (100_000,), "2": (100_000,)}, id="likely"
        ),
        pytest.param([record("1")], {}, id="alone"),
        pytest.param([record("1"), record("1")], {}, id="one-url-twice"),
        pytest.param(
            [record("1"), retagged("2", 99_800)],
            {"1": (100_000, 99_800), "2": (99_800,)},
            id="bytes-after-eoi",
        ),
        pytest.param(
            [record("1"), *(retagged(f"{n}", 90_000 + n) for n in range(2, 6))],
            {
                "2": (90_002,),
                "3": (90_003, 90_002),
                "4": (90_004, 90_003, 90_002),
                "5": (90_005, 90_004, 90_002),
                "1": (100_000, 90_005, 90_002),
            },
            id="many-lengths",
        ),
        pytest.param(
            [record("1", **ENDED), retagged("2", 90_000, **ENDED)],
            {},
            id="known-to-differ",
        ),
        pytest.param(
            [record(n, file_digests={"sha256": A}) for n in "12"], {}, id="identical"
        ),
    ],
)
def test_images_without_proof_are_selected(
    tmp_path: Path,
    records: list[dict[str, Any]],
    expected: dict[str, tuple[int, ...]],
) -> None:
    found = goals(tmp_path / "a.jsonl", *records)

    assert {name: goal.lengths for name, goal in found.items()} == expected
    assert {goal.shortest for goal in found.values()} <= {
        min(one["picture_length"] for one in records)
    }


def test_an_image_with_all_blocks_and_its_end_is_not_looked_at_again(
    tmp_path: Path,
) -> None:
    blocks = {str(at): A for at in block_offsets(100_000, 4)}
    done = record("1", blocks_sha256=blocks, end_sha256=B, **EXACT)

    assert [*goals(tmp_path / "a.jsonl", done, record("2"))] == ["2"]


def seen(url: str, length: int, blocks: int) -> dict[str, Any]:
    """Return a record after a look that has not found the end of the picture."""
    offsets = block_offsets(90_000, 4)[:blocks]
    return retagged(url, length, blocks_sha256={str(at): A for at in offsets})


def test_an_end_that_is_not_found_is_not_looked_for_again(tmp_path: Path) -> None:
    looked = [seen("1", 90_000, 4), seen("2", 95_000, 3), seen("3", 99_000, 2)]

    assert goals(tmp_path / "a.jsonl", *looked) == {}
    assert [*goals(tmp_path / "b.jsonl", *looked[:2], seen("3", 99_000, 1))] == ["3"]


def test_an_end_is_looked_for_again_at_the_length_of_a_new_image(
    tmp_path: Path,
) -> None:
    looked = [seen("1", 95_000, 3), seen("2", 99_000, 2)]

    found = goals(tmp_path / "a.jsonl", *looked, retagged("3", 90_000))

    assert {*found} == {"1", "2", "3"}


def test_the_latest_record_is_verified(tmp_path: Path) -> None:
    later = record("1", timestamp="2026-11-30T00:00:00", alt="later")
    found = goals(tmp_path / "a.jsonl", record("1"), later, record("2"))

    assert found["1"].record.alt == "later"


def test_a_record_without_its_route_is_refused(tmp_path: Path) -> None:
    old = record("1")
    del old["tor"]
    path = tmp_path / "a.jsonl"

    with pytest.raises(BadInput) as caught:
        goals(path, old, record("2"))

    assert str(caught.value) == (
        f"{path} has a record without tor, so the route to https://a.example/1 is not "
        "known; crawl the image again with this version, and verify that feed."
    )


@pytest.mark.parametrize("tor", ["maybe", 1, "", [], "yes"])
def test_a_record_with_an_unreadable_route_is_refused(
    tmp_path: Path, tor: object
) -> None:
    with pytest.raises(BadInput, match=r"has a record whose tor is '.*', so the route"):
        goals(tmp_path / "a.jsonl", record("1", tor=tor), record("2"))


def test_feeds_are_separated_by_commas_or_spaces(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.jsonl" for name in "ab"]
    for path, name in zip(paths, "12", strict=True):
        path.write_text(json.dumps(record(name)) + "\n")

    for separator in (",", " ", ", "):
        named = separator.join(map(str, paths))
        assert len([*selected(named, 4)]) == 2


def test_odd_values_of_a_feed_are_left_out(tmp_path: Path) -> None:
    odd: dict[str, Any] = {
        "xmp": [1],
        "width": "wide",
        "matches": 7,
        "bytes_downloaded": [],
    }
    found = goals(tmp_path / "a.jsonl", record("1", **odd), record("2"))
    kept = found["1"].record

    assert (kept.xmp, kept.width, kept.matches, kept.bytes_downloaded) == (
        {},
        None,
        [],
        0,
    )
