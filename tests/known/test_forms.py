from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from fpcrawler.known.loading import known_lists
from tests.known import lists
from tests.known.lists import (
    MD5,
    SHA256,
    SHA512,
    SIZE,
    L,
    M,
    S,
    matches,
    refusal,
    write,
)

SAYING = {"set": "known-bad", "category": "1", "series": "a series"}
VICS = {
    **SAYING,
    "flags": ["distributed", "victim-identified"],
    "size_agrees": True,
    "row": 1,
}


@pytest.mark.parametrize(
    ("text", "kinds", "said"),
    [
        pytest.param(lists.vics(), "md5 sha1", VICS, id="VICS 2.0"),
        pytest.param("\ufeff" + lists.vics(), "md5 sha1", VICS, id="VICS, BOM"),
        pytest.param(lists.VICS_13, "md5 sha1", VICS, id="VICS 1.3, base64"),
        pytest.param(lists.vics_case(), "md5 sha1", VICS, id="VICS case"),
        pytest.param(lists.CAID, "md5 sha1", VICS, id="CAID"),
        pytest.param(
            lists.vics(
                {
                    "MediaID": 1,
                    "Category": 0,
                    "Hashes": [{"HashName": "SHA-256", "HashValue": SHA256}],
                    "MediaFiles": [{"FileName": "a.jpg"}],
                }
            ),
            "sha256",
            {"set": "unknown", "category": "0", "name": "a.jpg", "size_agrees": None},
            id="VICS, list of digests",
        ),
        pytest.param(
            lists.ICSE,
            "md5 sha1",
            {
                "set": "known-bad",
                "series": "a series",
                "flags": ["distributed", "victim-identified", "baseline"],
            },
            id="ICSE",
        ),
        pytest.param(
            lists.NSRL_2,
            "md5 sha1",
            {"set": "known-good", "name": "a.jpg", "size_agrees": True},
            id="NSRL 2",
        ),
        pytest.param(
            lists.NSRL_2.replace('1,"1",""', '1,"1","M"'),
            "md5 sha1",
            {"set": "known-bad", "flags": ["malicious"]},
            id="NSRL 2, malicious",
        ),
        pytest.param(
            lists.HASHDEEP,
            "md5 sha256",
            {"row": 5, "name": "/x/a, b.jpg", "size_agrees": True},
            id="hashdeep",
        ),
        pytest.param(
            lists.DFXML, "md5 sha1", {"name": "a.jpg", "size_agrees": True}, id="DFXML"
        ),
        pytest.param(
            lists.STIX,
            "md5 sha256",
            {"row": 2, "set": "unknown", "size_agrees": True},
            id="STIX file",
        ),
        pytest.param(
            lists.stix_indicator("malicious-activity"),
            "md5 sha256",
            {"row": 1, "set": "known-bad", "category": "malicious-activity"},
            id="STIX pattern",
        ),
        pytest.param(
            lists.stix_indicator("benign"),
            "md5 sha256",
            {"set": "known-good"},
            id="STIX pattern, benign",
        ),
        pytest.param(lists.STIX_2_0, "sha1", {"row": 1}, id="STIX 2.0"),
        pytest.param(lists.THREATEXCHANGE, "md5", {"row": 1}, id="ThreatExchange"),
        pytest.param(
            lists.THREATEXCHANGE.replace(" ", ","), "md5", {"row": 1}, id="TE, commas"
        ),
        pytest.param(
            lists.CDXJ, "sha1", {"row": 2, "name": "https://a.example/a.jpg"}, id="CDXJ"
        ),
        pytest.param(lists.CDX, "sha1", {"row": 2}, id="CDX"),
        pytest.param(f"sha1:{lists.BASE_32}\n", "sha1", {"row": 1}, id="base32"),
        pytest.param(
            f"MD5 (a (b).jpg) = {M}\nSHA256 (c.jpg) = {L}\nRMD160 (d) = {S}\n",
            "md5 sha256",
            {},
            id="BSD",
        ),
        pytest.param(
            f"SHA2-256(a.jpg)= {L}\n", "sha256", {"name": "a.jpg"}, id="OpenSSL"
        ),
        pytest.param(f"{M} *a.jpg\r\n", "md5", {"name": "a.jpg"}, id="md5sum -b"),
        pytest.param(f"{SHA512}\n", "sha512", {"name": None}, id="SHA-512"),
        pytest.param(
            f'"file_id","hash","file_size"\n1,"{M.upper()}",{SIZE}\n',
            "md5",
            {"size_agrees": True},
            id="HashKeeper",
        ),
        pytest.param(f"Hash\n{M}\n", "md5", {"row": 1}, id="one column"),
        pytest.param(f"1,{M},{S}\n2,,{S}\n", "md5 sha1", {"row": 1}, id="no header"),
        pytest.param(f"{M};{S}\r\n", "md5 sha1", {"row": 1}, id="no header, two"),
        pytest.param(f"sep=;\r\nName;MD5\r\na;{M}\r\n", "md5", {"name": "a"}, id="sep"),
        pytest.param(
            f"# of today\n# two lines\nSHA1 Hash\tmd5hash\n{S}\t{M}\n",
            "md5 sha1",
            {"row": 1},
            id="comments",
        ),
        pytest.param(
            f"uuid,category,type,value\n1,Payload delivery,filename|md5,a.jpg|{M}\n",
            "md5",
            {"category": "Payload delivery"},
            id="MISP CSV",
        ),
        pytest.param(
            f"Name;MD5\na;{M}\n".encode("utf-16"), "md5", {"name": "a"}, id="UTF-16"
        ),
        pytest.param(
            lists.vics().encode("utf-16"), "md5 sha1", {"category": "1"}, id="VICS 16"
        ),
    ],
)
def test_a_list_matches_by_each_kind_and_says_what_it_has(
    tmp_path: Path, text: str | bytes, kinds: str, said: dict[str, Any]
) -> None:
    found = matches(write(tmp_path / "list", text))

    assert [match["kind"] for match in found] == kinds.split()
    for match in found:
        assert {**match, **said} == match


def test_an_event_says_what_its_attributes_say_of_one_file(tmp_path: Path) -> None:
    alone, of_object = matches(write(tmp_path / "list", lists.MISP))

    assert (alone["row"], alone["kind"], alone["name"]) == (2, "md5", "a.jpg")
    assert of_object == {
        "list": "list",
        "kind": "sha1",
        "row": 3,
        "set": "known-bad",
        "category": "Payload delivery",
        "series": None,
        "flags": ["tlp:red"],
        "name": "b.jpg",
        "size_agrees": True,
    }


def test_threatexchange_says_whether_each_indicator_is_malicious(
    tmp_path: Path,
) -> None:
    found = matches(write(tmp_path / "list.csv", lists.THREATEXCHANGE_CSV))

    assert [(match["kind"], match["row"], match["set"]) for match in found] == [
        ("md5", 2, "known-bad"),
        ("sha1", 3, "known-good"),
    ]


@pytest.mark.parametrize(
    ("size", "agrees"), [(SIZE, True), (SIZE + 1, False), (None, None)]
)
@pytest.mark.parametrize("text", [lists.vics(), lists.NSRL_2])
def test_a_size_that_contradicts_is_said(
    tmp_path: Path, text: str, size: int | None, *, agrees: bool | None
) -> None:
    found = matches(write(tmp_path / "list", text), size)

    assert [match["size_agrees"] for match in found] == [agrees, agrees]


def test_entities_of_a_list_are_not_resolved(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", MD5)
    text = lists.DFXML.replace(MD5.upper(), "&a;").replace(
        "<!--", f'<!DOCTYPE dfxml [<!ENTITY a SYSTEM "{secret.as_uri()}">]><!--'
    )

    found = matches(write(tmp_path / "list", text))

    assert [match["kind"] for match in found] == ["sha1"]


def test_a_list_is_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    others = [{**lists.MEDIUM, "MD5": f"{n:032x}", "SHA1": ""} for n in range(9_000)]

    (md5, sha1) = matches(write(tmp_path / "list", lists.vics(*others, lists.MEDIUM)))

    assert (md5["row"], sha1["row"]) == (9_001, 9_001)


def stix(**fields: object) -> str:
    found = {"type": "indicator", **fields}
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": [found]})


ANY = f"[file:hashes[*] = '{MD5}']"


@pytest.mark.parametrize(
    "text",
    [
        stix(pattern=f"[artifact:hashes.MD5 = '{MD5}']", pattern_type="stix"),
        stix(pattern=ANY),
        f"HASH_MD5,{MD5}\n",
        f"md5,{MD5}\n",
        f"{lists.OTHER},HASH_MD5\n{MD5},HASH_MD5\n",
        lists.vics({"MediaID": 1, "MD5": MD5, "Media": []}),
    ],
)
def test_a_digest_is_found_where_it_stands(tmp_path: Path, text: str) -> None:
    assert [match["kind"] for match in matches(write(tmp_path / "a", text))] == ["md5"]


@pytest.mark.parametrize("category", ["01", 1.0, " 1 ", "2"])
def test_a_category_of_abuse_may_be_written_as_another_number(
    tmp_path: Path, category: object
) -> None:
    medium = {"MediaID": 1, "MD5": MD5, "Category": category}

    (match,) = matches(write(tmp_path / "list", lists.vics(medium)))

    assert match["set"] == "known-bad"


DELETED = {"type": "md5", "value": MD5, "deleted": True}


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        (stix(pattern=ANY, revoked=True), 1),
        (stix(type="file", hashes={"MD5": MD5}, revoked=True), 1),
        (stix(pattern=ANY, pattern_type="yara"), 0),
        (json.dumps({"Event": {"Attribute": [DELETED]}}), 1),
        (json.dumps({"Event": {"Object": [{"Attribute": [DELETED]}]}}), 1),
        (lists.vics({"MediaID": 1, "Media": []}), 0),
    ],
)
def test_what_was_withdrawn_is_left_out_and_counted(
    tmp_path: Path, text: str, skipped: int
) -> None:
    assert "has no digest" in refusal(write(tmp_path / "list", text))

    other = {"Event": {"Attribute": [{"type": "sha1", "value": S}]}}
    both = text[:-1] + f', "More": {json.dumps(other)}}}'
    if "Event" in text:
        path = write(tmp_path / "both", both)
        known = known_lists(Settings({"KNOWN_LISTS": [str(path)]}))
        assert (known.skipped, known.digests) == (skipped, 1)


LATE = {"CaseID": "a", "Comment": "b" * 70_000, "Media": [lists.MEDIUM]}
FILE_ID = "file--5d0092c5-5f74-4287-9642-33f4c354e56d"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"@odata.context": lists.ODATA, "value": [LATE]}),
        json.dumps({"odata.metadata": lists.ODATA, **LATE}),
        json.dumps(
            {
                "objects": [
                    {"type": "file", "id": FILE_ID, "name": "a" * 70_000},
                    {"type": "file", "id": FILE_ID, "hashes": {"MD5": MD5}},
                ],
                "type": "bundle",
            }
        ),
    ],
)
def test_what_names_a_form_may_stand_late(tmp_path: Path, text: str) -> None:
    assert matches(write(tmp_path / "list", text))[0]["kind"] == "md5"
