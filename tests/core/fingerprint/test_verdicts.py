from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import (
    CRYPTO_DIGESTS,
    Evidence,
    Fingerprint,
    fingerprint_of,
)
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.fingerprint.verdicts import Doubt, Grounds, next_step, verdict

RICH = Evidence(
    sample_coded=9_000,
    sample_deflated=8_000,
    picture_coded=4_096,
    picture_deflated=4_000,
)
FEW = replace(RICH, picture_coded=3_000)
CONSTANT = replace(RICH, is_constant_size=True)
BOUND = replace(RICH, is_upper_bound=True)
SUMMED = replace(RICH, ends_in_checksum=True)
PHOTO = Fingerprint(
    image_size=300_000,
    sample_sha256="5a",
    picture_sha256="91",
    picture_length=290_000,
    end_sha256="e1",
    evidence=RICH,
)
PNG = replace(PHOTO, evidence=SUMMED)
"""Its end has a checksum of all pixels."""
BLOCKS = {8_000: "b1", 90_000: "b2"}
LOOKED = replace(PHOTO, blocks=BLOCKS, evidence=replace(RICH, blocks_deflated=1_024))
"""Its end and two blocks were read in a second look."""
HEAD = replace(PHOTO, end_sha256=None)
"""A photo of which nothing after the head was read."""
RETAGGED: dict[str, Any] = {"image_size": 300_100, "sample_sha256": "5b"}
NO_PICTURE: dict[str, Any] = {
    "picture_sha256": None,
    "picture_length": None,
    "end_sha256": None,
}


COMPUTED = frozenset({"sha256"})


def digests(**values: str) -> dict[str, Any]:
    return {"digests": values}


def judged(a: Fingerprint, b: Fingerprint) -> str | None:
    found = verdict(a, b)
    assert verdict(b, a) == found
    return found.name if found else None


@pytest.mark.parametrize("kind", CRYPTO_DIGESTS)
def test_a_digest_of_the_whole_file_that_agrees_is_proof(kind: str) -> None:
    a, b = (
        Fingerprint(sample_sha256=sample, digests={kind: "d1"})
        for sample in ("5a", None)
    )

    assert judged(a, b) == "identical"


@pytest.mark.parametrize("kind", sorted(FILE_DIGESTS.keys() - CRYPTO_DIGESTS))
def test_a_checksum_that_agrees_proves_nothing(kind: str) -> None:
    a = Fingerprint(digests={kind: "c1"})

    assert judged(a, a) is None


@pytest.mark.parametrize("kind", [*FILE_DIGESTS])
def test_a_digest_that_differs_refutes_the_same_file(kind: str) -> None:
    a, b = (replace(PNG, digests={kind: value}) for value in ("d1", "d2"))

    assert judged(a, b) == "same-picture"
    assert judged(replace(a, **NO_PICTURE), replace(b, **NO_PICTURE)) == "same-head"


@pytest.mark.parametrize(
    "other",
    [
        digests(sha1="d1", md5="d9"),
        digests(sha1="d1", crc32c="c9"),
        {"image_size": 300_001, **digests(sha1="d1")},
        {"sample_sha256": "5b", **digests(sha1="d1")},
    ],
)
def test_a_digest_that_agrees_proves_nothing_if_another_value_differs(
    other: dict[str, Any],
) -> None:
    a = replace(PHOTO, **digests(sha1="d1", md5="d1", crc32c="c1"), **NO_PICTURE)

    assert judged(a, replace(a, **other)) in {"same-head", None}


def test_claims_and_unknown_kinds_of_digests_are_ignored() -> None:
    a = replace(PNG, **digests(claimed_md5="d1", etag="x"))
    b = replace(PNG, **digests(claimed_md5="d2", etag="y"))

    assert judged(a, b) == "same-file"
    assert judged(replace(a, **RETAGGED, **NO_PICTURE), b) is None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "identical"),
        (10_241, "identical"),
        (10_242, "likely"),
        (None, "same-head"),
    ],
)
def test_the_sample_of_a_short_file_is_the_whole_file(
    size: int | None, expected: str
) -> None:
    a = Fingerprint(image_size=size, sample_sha256="5a")

    assert judged(a, a) == expected


@pytest.mark.parametrize(
    ("a", "changes", "expected"),
    [
        (PNG, {}, "same-file"),
        (PNG, RETAGGED, "same-picture"),
        (PNG, {"image_size": None}, "same-picture"),
        (PNG, {"sample_sha256": "5b"}, "same-picture"),
        (PNG, {"image_size": 300_100}, "same-picture"),
        (PNG, {**RETAGGED, "picture_length": 290_001}, "same-head"),
        (PNG, {**RETAGGED, "picture_length": None}, "same-head"),
        (PNG, {**RETAGGED, "picture_sha256": "92"}, None),
        (PNG, {**RETAGGED, **NO_PICTURE}, None),
        (PNG, {"picture_sha256": "92"}, "same-head"),
        (PNG, {"picture_length": 290_001}, "same-head"),
        (PNG, {"image_size": 300_100, "picture_sha256": "92"}, "same-head"),
        (PNG, {"image_size": None, **NO_PICTURE}, "same-head"),
        (PNG, NO_PICTURE, "likely"),
        (PNG, {"evidence": RICH}, "likely"),
        (PNG, {"evidence": CONSTANT}, "likely"),
        (replace(PNG, evidence=CONSTANT), {}, "likely"),
        (replace(PNG, evidence=CONSTANT), RETAGGED, "likely"),
        (replace(PNG, evidence=Evidence(ends_in_checksum=True)), {}, "same-file"),
        (PHOTO, {}, "likely"),
        (PHOTO, RETAGGED, "likely"),
        (PHOTO, {"image_size": None}, "likely"),
        (PHOTO, {"image_size": 300_100}, "likely"),
        (PHOTO, {"picture_length": 290_001}, "same-head"),
        (HEAD, {}, "likely"),
        (HEAD, RETAGGED, "likely"),
        (HEAD, {"image_size": None}, "likely"),
        (HEAD, {**RETAGGED, "picture_length": None}, "same-head"),
        (replace(HEAD, **NO_PICTURE), {}, "likely"),
        (replace(HEAD, evidence=Evidence()), {}, "likely"),
        (replace(HEAD, picture_length=4_096), {}, "same-picture"),
        (replace(HEAD, picture_length=4_096), RETAGGED, "same-picture"),
        (replace(HEAD, picture_length=4_097), RETAGGED, "likely"),
        (replace(PHOTO, picture_length=5_120), {}, "same-picture"),
        (replace(PHOTO, picture_length=5_120), RETAGGED, "same-picture"),
        (replace(PHOTO, picture_length=5_121), RETAGGED, "likely"),
        (replace(PHOTO, picture_length=4_097, evidence=BOUND), RETAGGED, "likely"),
        (replace(PHOTO, picture_length=5_120), {"evidence": FEW}, "likely"),
        (Fingerprint(), {}, None),
    ],
)
def test_the_verdict_on_a_record_and_a_changed_copy(
    a: Fingerprint, changes: dict[str, Any], expected: str | None
) -> None:
    assert judged(a, replace(a, **changes)) == expected


def test_a_copy_whose_end_was_not_read_is_likely() -> None:
    assert judged(PHOTO, HEAD) == "likely"
    assert judged(PHOTO, replace(HEAD, **RETAGGED)) == "likely"


@pytest.mark.parametrize("picture", [PHOTO, PNG])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "same-head"),
        ({"image_size": 300_100}, "same-head"),
        (RETAGGED, "same-head"),
        ({**RETAGGED, "picture_sha256": "92"}, None),
    ],
)
@pytest.mark.parametrize("length", [290_000, 4_096])
def test_pictures_that_end_differently_have_at_most_the_head_in_common(
    picture: Fingerprint, changes: dict[str, Any], expected: str | None, length: int
) -> None:
    a = replace(picture, picture_length=length)

    assert judged(a, replace(a, **changes, end_sha256="e2")) == expected


def looked(**evidence: Any) -> dict[str, Any]:
    return {"evidence": replace(LOOKED.evidence, **evidence)}


@pytest.mark.parametrize(
    ("a", "changes", "expected"),
    [
        (LOOKED, {}, "same-file"),
        (LOOKED, RETAGGED, "same-picture"),
        (LOOKED, {"image_size": None}, "same-picture"),
        (LOOKED, {**RETAGGED, "picture_length": 290_001}, "same-head"),
        (LOOKED, {"end_sha256": None}, "likely"),
        (LOOKED, {"end_sha256": "e2"}, "same-head"),
        (LOOKED, {"blocks": {}}, "likely"),
        (LOOKED, {"blocks": {8_000: "b1", 80_000: "b2"}}, "likely"),
        (LOOKED, {"blocks": {8_000: "b1"}}, "likely"),
        (LOOKED, {"blocks": {**BLOCKS, 99_000: "b4"}}, "same-file"),
        (LOOKED, {"blocks": {**BLOCKS, 5_000: "b4"}}, "likely"),
        (LOOKED, {"blocks": {8_000: "b1", 90_000: "b3"}}, "same-head"),
        (LOOKED, {"blocks": {90_000: "b3"}}, "same-head"),
        (LOOKED, looked(blocks_deflated=1_023), "likely"),
        (LOOKED, looked(is_constant_size=True), "likely"),
        (LOOKED, looked(is_divided=True), "likely"),
        (LOOKED, looked(is_upper_bound=True), "likely"),
        (replace(LOOKED, blocks={8_000: "b1"}), {}, "likely"),
        (replace(PNG, blocks=BLOCKS), {"blocks": {8_000: "b3"}}, "same-head"),
        (replace(PNG, blocks=BLOCKS), {"blocks": {}}, "same-file"),
        (
            replace(PHOTO, **digests(md5="d1"), blocks=BLOCKS),
            {"blocks": {8_000: "b3"}},
            "same-head",
        ),
    ],
)
def test_the_verdict_after_a_second_look(
    a: Fingerprint, changes: dict[str, Any], expected: str
) -> None:
    assert judged(a, replace(a, **changes)) == expected


@pytest.mark.parametrize(
    ("length", "blocks", "expected"),
    [
        (6_144, {4_096: "b1"}, "same-picture"),
        (6_145, {4_096: "b1"}, "likely"),
        (7_168, {5_120: "b2", 4_096: "b1"}, "same-picture"),
        (7_168, {5_120: "b2"}, "likely"),
        (7_168, {4_096: "b1", 5_121: "b2"}, "likely"),
    ],
)
def test_head_blocks_and_end_of_all_coded_bytes_prove_even_if_thin(
    length: int, blocks: dict[int, str], expected: str
) -> None:
    a = replace(PHOTO, picture_length=length, blocks=blocks, evidence=CONSTANT)

    assert judged(a, replace(a, **RETAGGED)) == expected


def test_blocks_after_an_end_that_was_not_seen_refute_nothing() -> None:
    a = replace(LOOKED, end_sha256=None, **looked(is_upper_bound=True))

    assert judged(a, replace(a, **RETAGGED, blocks={8_000: "b3"})) == "likely"


def test_blocks_are_compared_bytes() -> None:
    found = verdict(LOOKED, LOOKED)

    # The first 1,000 bytes of the block at 8,000 are in the head of 9,000.
    assert found is not None
    assert found.evidence == Grounds(
        bytes=10_241 + 24 + 1_024 + 1_024,
        coded=9_000 + 24 + 1_024 + 1_024,
        deflated=8_000,
        share=0.0381,
        has_ends=True,
        blocks=2,
        digest=None,
    )


def test_digests_of_one_size_and_head_that_differ_are_at_most_a_picture() -> None:
    a, b = (replace(PNG, digests={"md5": value}) for value in ("d1", "d2"))
    c, d = (replace(one, end_sha256=None) for one in (a, b))

    assert judged(a, b) == "same-picture"
    assert judged(c, d) == "same-head"
    assert judged(c, replace(d, **RETAGGED)) == "likely"


def test_a_length_with_bytes_after_the_picture_refutes_nothing() -> None:
    bound = replace(HEAD, evidence=BOUND)
    longer = replace(bound, picture_length=290_200)

    assert judged(bound, bound) == "likely"
    assert judged(PHOTO, replace(bound, **RETAGGED)) == "likely"
    assert judged(PHOTO, longer) == "likely"
    assert judged(PHOTO, replace(longer, **RETAGGED)) == "same-head"


def test_a_picture_without_coded_bytes_is_not_evidence() -> None:
    nothing = replace(PHOTO, picture_length=0, evidence=Evidence(), end_sha256=None)

    assert judged(nothing, replace(nothing, **RETAGGED)) == "same-head"


@pytest.mark.parametrize(
    ("a", "changes", "evidence"),
    [
        (PHOTO, {}, (11_265, 10_024, 8_000, 0.0345, True, None)),
        (PHOTO, RETAGGED, (5_120, 5_120, 4_000, 0.0176, True, None)),
        (
            PHOTO,
            {**RETAGGED, "end_sha256": None},
            (4_096, 4_096, 4_000, 0.0141, False, None),
        ),
        (PHOTO, NO_PICTURE, (10_241, 9_000, 8_000, 0.031, False, None)),
        (
            replace(PHOTO, **NO_PICTURE),
            {},
            (10_241, 9_000, 8_000, None, False, None),
        ),
        (
            PHOTO,
            {**RETAGGED, "picture_length": 580_000, "end_sha256": "e2"},
            (4_096, 4_096, 4_000, 0.007, False, None),
        ),
        (
            replace(PHOTO, evidence=replace(RICH, sample_coded=96, sample_deflated=90)),
            {},
            (10_241 + 4_000 + 1_024, 5_120, 4_000, 0.0176, True, None),
        ),
        (
            replace(PHOTO, picture_length=4_500),
            RETAGGED,
            (4_500, 4_500, 4_000, 1.0, True, None),
        ),
        (
            replace(HEAD, picture_length=100_000_000),
            {},
            (10_241, 9_000, 8_000, 0.0, False, None),
        ),
        (
            replace(HEAD, **digests(md5="d1", sha512="d3", sha1="d2")),
            {"image_size": None},
            (300_000, 9_000, 8_000, 1.0, False, "sha512"),
        ),
        (
            Fingerprint(**digests(md5="d1")),
            {},
            (None, 0, 0, 1.0, False, "md5"),
        ),
        (
            replace(HEAD, image_size=700),
            {},
            (700, 9_000, 8_000, 1.0, False, None),
        ),
        (HEAD, {"evidence": FEW}, (10_241, 9_000, 8_000, 0.031, False, None)),
    ],
)
def test_a_verdict_reports_how_much_was_compared(
    a: Fingerprint, changes: dict[str, Any], evidence: tuple[Any, ...]
) -> None:
    size, coded, deflated, share, has_ends, digest = evidence
    found = verdict(a, replace(a, **changes))

    assert found is not None
    assert found.evidence == Grounds(
        bytes=size,
        coded=coded,
        deflated=deflated,
        share=share,
        has_ends=has_ends,
        blocks=0,
        digest=digest,
    )


@pytest.mark.parametrize("name", VerdictName)
def test_only_of_whole_files_nothing_is_left_to_do(name: VerdictName) -> None:
    steps = {
        next_step(name, is_all=is_all, has_blocks=has_blocks, doubt=None)
        for has_blocks in (False, True)
        for is_all in (False, True)
    }
    is_left = {"nothing is left to compare"} != steps

    assert is_left is (name is not VerdictName.IDENTICAL)
    assert ("not verified yet" in " ".join(steps)) is (name is VerdictName.LIKELY)


def test_each_doubt_is_another_sentence() -> None:
    steps = {
        next_step(VerdictName.LIKELY, is_all=False, has_blocks=False, doubt=doubt)
        for doubt in Doubt
    }

    assert len(steps) == len(Doubt)


FINGERPRINTS = st.builds(
    Fingerprint,
    image_size=st.sampled_from([None, 500, 300_000, 300_100]),
    sample_sha256=st.sampled_from([None, "5a", "5b"]),
    picture_sha256=st.sampled_from([None, "91", "92"]),
    picture_length=st.sampled_from([None, 0, 4_000, 290_000]),
    end_sha256=st.sampled_from([None, "e1", "e2"]),
    blocks=st.sampled_from([{}, BLOCKS, {**BLOCKS, 8_000: "b3"}, {90_000: "b2"}]),
    evidence=st.sampled_from([RICH, FEW, CONSTANT, BOUND, SUMMED, Evidence()]),
    digests=st.dictionaries(
        st.sampled_from(["md5", "sha256", "crc32", "claimed_md5"]),
        st.sampled_from(["d1", "d2"]),
    ),
    computed=st.sampled_from([frozenset(), COMPUTED]),
)


@pytest.mark.untraced
@given(FINGERPRINTS, FINGERPRINTS)
def test_a_verdict_does_not_depend_on_the_order(a: Fingerprint, b: Fingerprint) -> None:
    assert verdict(a, b) == verdict(b, a)


@given(FINGERPRINTS)
def test_a_record_never_differs_from_itself(a: Fingerprint) -> None:
    found = verdict(a, a)
    has_sample_and_size = a.sample_sha256 is not None and a.image_size is not None

    if a.digests.keys() & CRYPTO_DIGESTS:
        assert found is not None
        assert found.name is VerdictName.IDENTICAL
    elif has_sample_and_size:
        assert found is not None
        assert found.name is not VerdictName.SAME_HEAD


@pytest.mark.untraced
@given(FINGERPRINTS, FINGERPRINTS)
def test_more_evidence_never_weakens_a_verdict(a: Fingerprint, b: Fingerprint) -> None:
    richer = [replace(x, evidence=RICH, digests={}) for x in (a, b)]
    poorer = [replace(x, evidence=Evidence()) for x in richer]
    order = [*VerdictName, None]

    assert order.index(judged_name(*richer)) <= order.index(judged_name(*poorer))


def judged_name(a: Fingerprint, b: Fingerprint) -> VerdictName | None:
    found = verdict(a, b)
    return found.name if found else None


def test_a_record_is_read_as_a_feed_contains_it() -> None:
    record = {
        "image_size": 300_000,
        "sha256_first_10240_bytes": "5A" * 32,
        "picture_sha256": "91" * 32,
        "picture_length": 290_000,
        "end_sha256": "E1" * 32,
        "blocks_sha256": {
            "8000": "B1" * 32,
            **dict.fromkeys(("-1", "08", "8e3", "٣", "9" * 13, ""), "b1" * 32),
            "90000": "b2" * 31,
            "90001": None,
        },
        "block_sha256": "b1" * 32,  # of an older feed
        "evidence": {
            "sample_coded": 9_000,
            "sample_deflated": 8_000,
            "picture_coded": 4_096,
            "picture_deflated": 4_000,
            "block_deflated": 2_000,  # likewise
            "is_constant_size": False,
            "is_upper_bound": False,  # ends_in_checksum is missing, likewise
        },
        "server_digests": {"md5": "d1" * 16, "crc32": "c1" * 4, "claimed_sha1": "x"},
        "file_digests": {"md5": None, "sha1": None, "sha256": "F1" * 32},
    }

    assert fingerprint_of(record) == replace(
        PHOTO,
        sample_sha256="5a" * 32,
        picture_sha256="91" * 32,
        end_sha256="e1" * 32,
        blocks={8_000: "b1" * 32},
        digests={"md5": "d1" * 16, "crc32": "c1" * 4, "sha256": "f1" * 32},
        computed=frozenset({"sha256"}),
    )


def test_what_was_computed_of_the_whole_file_wins_over_its_server() -> None:
    record = {
        "server_digests": {"md5": "d1" * 16, "sha256": "d2" * 32},
        "file_digests": {"md5": None, "sha1": None, "sha256": "f1" * 32},
    }

    assert fingerprint_of(record).digests == {"md5": "d1" * 16, "sha256": "f1" * 32}


def test_equal_computed_digests_are_proof_whatever_the_servers_state() -> None:
    a, b = (
        replace(PNG, digests={"md5": md5, "sha256": "f1"}, computed=COMPUTED)
        for md5 in ("d1", "d2")
    )
    found = verdict(a, b)

    assert found is not None
    assert found.name is VerdictName.IDENTICAL
    assert found.evidence.digest == "sha256"
    assert judged(replace(a, computed=frozenset()), b) == "same-picture"


def test_computed_digests_that_differ_refute_equal_ones_of_servers() -> None:
    a, b = (
        replace(HEAD, digests={"md5": "d1", "sha256": sha256}, computed=COMPUTED)
        for sha256 in ("f1", "f2")
    )

    assert judged(a, b) == "same-head"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@pytest.mark.untraced
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("image_size", "sha256_first_10240_bytes", "evidence"),
                *("server_digests", "file_digests"),
            ]
        ),
        JUNK | st.dictionaries(st.sampled_from(["md5", "sample_coded"]), JUNK),
    )
)
def test_invalid_values_of_a_record_are_unknown(
    record: dict[str, Any],
) -> None:
    fingerprint = fingerprint_of(record)

    assert fingerprint.sample_sha256 is None
    assert not fingerprint.digests
    assert fingerprint.image_size is None or fingerprint.image_size >= 0
