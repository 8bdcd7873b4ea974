from __future__ import annotations

import pytest

from fpcrawler.console.known_words import in_words, not_compared
from fpcrawler.known.details import Detail, match_of


@pytest.mark.parametrize(
    ("kinds", "comparable", "line"),
    [
        ("md5", 622, ""),
        ("", 0, ""),
        (
            "md5, sha1",
            0,
            (
                "0 of 622 images have a whole-file digest of its kinds (md5, sha1), "
                "so the list a.csv could not be compared: set LOCAL_DIGESTS for local "
                "files, or compare with a feed of ours"
            ),
        ),
        (
            "picture_sha256",
            5,
            (
                "5 of 622 images have a digest of its kinds (picture_sha256), so the "
                "list a.csv was compared with these only: crawl again with "
                "PICTURE_FINGERPRINT"
            ),
        ),
    ],
)
def test_a_list_says_which_images_it_was_not_compared_with(
    kinds: str, comparable: int, line: str
) -> None:
    assert not_compared("a.csv", kinds, comparable, 622) == line


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (Detail(), ""),
        (Detail(size=5), "SIZE DIFFERS from that in the list"),
        (Detail(size=6, name="a.jpg"), "a.jpg"),
        (
            Detail(set="known-bad", category="1", series="s", flags=("a", "b")),
            "known-bad; category 1; series s; a, b",
        ),
    ],
)
def test_a_match_says_what_its_list_says(detail: Detail, words: str) -> None:
    assert in_words(match_of("l", "md5", detail, given=None, image_size=6)) == words
