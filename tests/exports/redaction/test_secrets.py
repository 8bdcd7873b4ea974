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
        (
            "1280401, Adam Lovelace, xylophone x",
            "1redacted, Adam Lovelace, xylophone x",
        ),
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
        "52 30 58.6",
        "52:30:58.6",
        "52-30-58.6",
        "52d30m58.6",
        "52.30.58",
        "52 degrees 30 minutes 58",
        "52° 30,9763",
        "52&deg;30",
        "52º30\u00b458",
        "52/1 30/1 5858/100",
        "[52, 30, 2929/50",
        "+523058.6",
        "5230.976",
        "0052.516272",
        "5.2516272e1",
        "52_516272",
        "52%2E516272",
        "525162720",
        ".516272",
        "\uff15\uff12.516272",
        "52\u066b516272",
    ],
)
def test_a_coordinate_is_found_in_each_notation(text: str) -> None:
    assert PLACE.scrub(f"at {text} here").replace("[", "") == "at redacted here"


def test_a_coordinate_below_one_needs_no_zero() -> None:
    place = Secrets(degrees=(0.0512345, -0.1275))

    assert place.scrub(".0512345 -.1275 0.13") == "redacted redacted redacted"


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
    assert Secrets(texts=("", "-", "a", "12")).scrub("a 12 - %41") == "a 12 - %41"


def test_what_is_not_utf_8_in_a_url_stays() -> None:
    assert NAMES.scrub("https://a/%FF/ada%20lovelace") == "https://a/%FF/redacted"


@pytest.mark.parametrize(
    ("value", "text", "scrubbed"),
    [
        ("Jane Doe", "JaneDoePhoto janedoe2020", "redactedPhoto redacted2020"),
        ("田中太郎", "撮影者田中太郎撮影", "撮影者redacted撮影"),
        ("0012345678", "SN0012345678, 12345678", "SNredacted, redacted"),
        ("Li", "by Li Li, a Lion", "by redacted redacted, a Lion"),
        ("田中", "撮影者田中撮影", "撮影者redacted撮影"),
        ("Anna", "An Annapurna, an na", "An redactedpurna, an na"),
        ("Lovelace, Ada", "Ada Lovelace", "redacted"),
        ("José", "Jose\u0301, JOSE", "redacted, redacted"),
        ("Straße", "STRASSE", "redacted"),
        ("Jane Doe", "J\u200bane \u202eDoe", "redacted"),
        ("Jane Doe", "\uff2aane D\uff4fe", "redacted"),
        ("Jane Doe", "Jane&nbsp;Doe, Jane&amp;#32;Doe", "redacted, redacted"),
        ("Jane Doe", "Jane      _._._Doe", "redacted"),
        ("José Núñez", "/Jos%E9-N%FA%F1ez/", "/redacted/"),
        ("José Núñez", "/Jos%C3%A9%252520N%25C3%25BA%25C3%25B1ez/", "/redacted/"),
        ("Jane Doe", "J\0a\0n\0e\0 \0D\0o\0e", "redacted"),
        ("Jane Doe", f"{list(b'Jane Doe')}", "[redacted]"),
        ("Jane Doe", f"{list('Jane Doe!'.encode('utf-16le'))}", "[redacted, 33, 0]"),
        ("Jane Doe", r"Jane\x20D\u006fe", "redacted"),
    ],
)
def test_a_value_is_found_within_words_and_escapes(
    value: str, text: str, scrubbed: str
) -> None:
    assert Secrets(texts=(value,)).scrub(text) == scrubbed


def test_the_end_of_a_long_value_does_not_stay() -> None:
    value = " ".join(f"word{number}" for number in range(1000))

    assert Secrets(texts=(value,)).scrub(f"see {value}.") == "see redacted."


def test_a_longer_value_is_removed_before_one_in_it() -> None:
    assert Secrets(texts=("Ada", "Ada Lovelace")).scrub("Ada Lovelace") == "redacted"
