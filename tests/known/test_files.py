from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.files import find_lists
from fpcrawler.known.loading import known_lists
from tests.known import lists
from tests.known.lists import (
    MD5,
    M,
    matches,
    write,
)


@pytest.mark.parametrize(
    ("given", "known_set"),
    [("", "unknown"), ("=good", "known-good"), ("=bad", "known-bad")],
)
def test_the_user_may_say_what_a_list_is(
    tmp_path: Path, given: str, known_set: str
) -> None:
    write(tmp_path / "a.txt", f"{M}\n")

    (match,) = matches(f"{tmp_path}/*.txt{given}")

    assert (match["list"], match["set"]) == ("a.txt", known_set)


def test_a_list_may_come_from_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "list", lists.vics())

    with (tmp_path / "list").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        (known,) = find_lists(["-=good"])

    assert (known.name, known.form.name) == ("-", "Project VIC")
    assert known.given == "known-good"
    assert known.path.read_text() == lists.vics()


def test_details_are_found_in_every_block(tmp_path: Path) -> None:
    digests = [f"{number:032x}" for number in range(1, 1_001)]
    rows = [f"{digest},é{digest}" for digest in digests]
    path = write(tmp_path / "a", "\n".join(["md5,name", *rows]))
    known = known_lists(Settings({"KNOWN_LISTS": [str(path)]}))

    for row, digest in enumerate(digests, start=1):
        (match,) = known.matches({DigestKind.MD5: digest}, b"")
        assert (match["row"], match["name"]) == (row, f"é{digest}")


@pytest.mark.parametrize(
    ("name", "known_set"), [("a=good", None), ("a=good=bad", "known-bad")]
)
def test_a_name_may_end_as_a_set_does(
    tmp_path: Path, name: str, known_set: str | None
) -> None:
    write(tmp_path / "a=good", MD5)

    (known,) = find_lists([str(tmp_path / name)])

    assert (known.name, known.given) == ("a=good", known_set)


@pytest.mark.parametrize("second", ["{}/a=bad", "{}/b/../a=bad", "{}/[a]=bad"])
def test_a_list_has_one_set(tmp_path: Path, second: str) -> None:
    write(tmp_path / "a", MD5)
    (tmp_path / "b").mkdir()
    other = second.format(tmp_path)

    (known,) = find_lists([f"{tmp_path}/a", other])
    assert known.given == "known-bad"
    with pytest.raises(BadInput, match="is given =good and =bad; name one"):
        find_lists([f"{tmp_path}/a=good", other])


@pytest.mark.parametrize("text", ["%PDF-1.7\n", "pdq a\n", '[{"md5": '])
def test_a_refusal_of_stdin_does_not_name_its_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write(tmp_path / "list", text)

    with (tmp_path / "list").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(BadInput, match=r"^known list stdin (looks|has|is) "):
            matches("-")
