from __future__ import annotations

import pytest

from fpcrawler.exports.redaction.secrets import Secrets

NAMES = Secrets(texts=("Ada Lovelace", "José", "28-04.01", "x"))
PLACE = Secrets(degrees=(52.5162746, -13.3777041))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("a photo by ADA LOVELACE.", "a photo by redacted."),
        ("https://a.example/ada_lovelace-1.jpg", "https://a.example/redacted-1.jpg"),
        (
            "https://a.example/?by=Ada%20Lovelace&w=1",
            "https://a.example/?by=redacted&w=1",
        ),
        ("https://a.example/adalovelace/1", "https://a.example/redacted/1"),
        (
            "https://a.example/jos%C3%A9/caf%C3%A9?q=a%26b",
            "https://a.example/redacted/caf%C3%A9?q=a%26b",
        ),
        ("no 280401", "no redacted"),
        ("1280401, Adam Lovelace, xylophone x", "1280401, Adam Lovelace, xylophone x"),
        ("100%", "100%"),
    ],
)
def test_a_value_is_found_however_it_is_written(text: str, scrubbed: str) -> None:
    assert NAMES.scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "52.516275",
        "52,5163",
        "-13.38",
        "13.377704",
        "52°30'58.6",
        "52 deg 30' 58.59",
        "52,30.97648",
        "52º30\u203258",
    ],
)
def test_a_coordinate_is_found_in_each_notation(text: str) -> None:
    assert PLACE.scrub(f"at {text} here") == "at redacted here"


@pytest.mark.parametrize("text", ["@52.516275,13.377704,17z", "52.5163/13.3777"])
def test_coordinates_in_a_url_are_found(text: str) -> None:
    scrubbed = PLACE.scrub(f"https://maps.example/{text}")

    assert scrubbed.count("redacted") == 2
    assert "52" not in scrubbed


@pytest.mark.parametrize(
    "text", ["f/13.5, 52 mm", "2013.37", "152.5162", "52.5", "52, 99", "1.13.37"]
)
def test_other_numbers_stay(text: str) -> None:
    assert PLACE.scrub(text) == text


def test_without_secrets_nothing_changes() -> None:
    assert Secrets().scrub("a%20b 52.516") == "a%20b 52.516"
    assert Secrets(texts=("", "-", "ab")).scrub("ab - %41") == "ab - %41"


def test_what_is_not_utf_8_in_a_url_stays() -> None:
    assert NAMES.scrub("https://a/%FF/ada%20lovelace") == "https://a/%FF/redacted"
