"""Known lists with one file, as other programs write them."""

from __future__ import annotations

import json
import sqlite3
from base64 import b32encode, b64encode
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from fpcrawler.core.fingerprint.known import DigestKind, Match
from fpcrawler.errors import BadInput
from fpcrawler.known.loading import known_lists

DATA = bytes(range(256)) * 5
MD5 = "8b74e52d3e8e0e0f5d5fd6d4a3b2c1a0"
SHA1 = "2b037f69c566dfdb3a5a79e5360d085959bddeaa"
SHA256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
SHA512 = SHA256 + SHA256[::-1]
SIZE = 32_764
OTHER = "f" * 32
ODATA = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels"
MEDIUM: dict[str, Any] = {
    "MediaID": 1,
    "Category": 1,
    "MD5": MD5.upper(),
    "SHA1": SHA1.upper(),
    "MediaSize": SIZE,
    "Series": "a series",
    "VictimIdentified": True,
    "IsDistributed": "true",
    "OffenderIdentified": False,
}


def base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()


BASE_32 = b32encode(bytes.fromhex(SHA1)).decode()


def vics(*media: dict[str, Any], version: str = "2.0") -> str:
    context = "@odata.context" if version == "2.0" else "odata.metadata"
    named = f"{ODATA}/{version}.xml/$metadata#Media"
    return json.dumps({context: named, "value": media or [MEDIUM]})


def vics_case() -> str:
    case = {"CaseID": "a {b} [c]", "Media": [MEDIUM], "Comment": '"Media": ['}
    named = f"{ODATA}/2.0.xml/US/$metadata#Cases"
    return json.dumps({"@odata.context": named, "value": [case, case]}, indent=1)


VICS_13 = vics({**MEDIUM, "MD5": base64(MD5), "SHA1": base64(SHA1)}, version="1.3")
CAID = json.dumps(
    {
        "odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.2.xml#Media",
        "value": [{**MEDIUM, "Category": "1", "MD5": f" {MD5} "}],
    }
)
ICSE = (
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;"
    "Series name;Number of submissions;File Available;Media Type;Baseline\r\n"
    f"{MD5};{SHA1};;5;True;True;False;a series;3;True;Image;True\r\n"
)
NSRL_2 = (
    '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode",'
    f'"SpecialCode"\r\n"{SHA1.upper()}","{MD5.upper()}","AA","a.jpg",{SIZE},1,"1",""\r\n'
)
HASHDEEP = (
    "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n## \n"
    f"{SIZE},{MD5},{SHA256},/x/a, b.jpg\n"
)
DFXML = f"""<?xml version="1.0"?>
<!-- of > one file -->
<dfxml xmlns="http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML"><volume>
<fileobject><filename>a.jpg</filename><filesize>{SIZE}</filesize><byte_runs><byte_run
offset="0" len="9"><hashdigest type="sha256">{"0" * 64}</hashdigest></byte_run>
</byte_runs><hashdigest type="MD5">{MD5.upper()}</hashdigest><hashdigest type='SHA-1'>
{SHA1} </hashdigest></fileobject></volume></dfxml>"""
STIX = json.dumps(
    {
        "type": "bundle",
        "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d",
        "objects": [
            {"type": "identity", "name": "a"},
            {"type": "file", "hashes": {"MD5": MD5, "SHA-256": SHA256}, "size": SIZE},
        ],
    }
)
PATTERN = (
    f"[file:hashes.'SHA-256' = '{SHA256}' AND file:size > 1] OR "
    f"[file:hashes.MD5 IN ('{OTHER}', '{MD5}')]"
)


def stix_indicator(*types: str) -> str:
    indicator = {"type": "indicator", "pattern": PATTERN, "indicator_types": types}
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": [indicator]})


STIX_2_0 = json.dumps(
    {
        "id": "bundle--1",
        "objects": [
            {
                "type": "observed-data",
                "objects": {"0": {"type": "file", "hashes": {"SHA-1": SHA1}}},
            }
        ],
    }
)
MISP = json.dumps(
    {
        "response": [
            {
                "Event": {
                    "info": '"Attribute": [',
                    "Attribute": [
                        {"type": "link", "value": "https://a.example/"},
                        {"type": "filename|md5", "value": f"a.jpg|{MD5}"},
                    ],
                    "Object": [
                        {
                            "name": "file",
                            "Attribute": [
                                {
                                    "type": "sha1",
                                    "value": SHA1,
                                    "category": "Payload delivery",
                                    "to_ids": True,
                                    "Tag": [{"name": "tlp:red"}],
                                },
                                {"type": "filename", "value": "b.jpg"},
                                {"type": "size-in-bytes", "value": str(SIZE)},
                            ],
                        }
                    ],
                }
            }
        ]
    }
)
THREATEXCHANGE = f"video_md5 {MD5}\npdq {SHA256}\nvideo_sha256 {SHA256[::-1]}\n"
THREATEXCHANGE_CSV = (
    "id,indicator,type,status,tags\n"
    f"1,{SHA256},HASH_PDQ,MALICIOUS,a\n2,{MD5},HASH_MD5,MALICIOUS,a\n"
    f"3,{SHA1},HASH_SHA1,NON_MALICIOUS,\n"
)
CDXJ = (
    '!meta {"format": "cdxj"}\n'
    'example,a)/a.jpg 20200101000000 {"url": "https://a.example/a.jpg", '
    f'"mime": "image/jpeg", "status": "200", "digest": "sha1:{BASE_32}"}}\n'
)
CDX = (
    " CDX N b a m s k r M S V g\n"
    f"example,a)/a.jpg 20200101000000 https://a.example/a.jpg image/jpeg 200 {BASE_32} "
    "- - 100 0 a.warc.gz\n"
)


def nsrl_3(path: Path, *, indexes: tuple[str, ...] = (), is_view: bool = False) -> Path:
    """Write RDS 3: a table FILE, or one that FILE is a view of."""
    table = "METADATA" if is_view else "FILE"
    with sqlite3.connect(path) as database:
        database.executescript(
            f"CREATE TABLE {table} (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, crc32 "
            "VARCHAR, file_name VARCHAR, file_size INTEGER, package_id INTEGER);"
            "CREATE TABLE PKG (package_id INTEGER, name VARCHAR);"
            + ("CREATE VIEW FILE AS SELECT * FROM METADATA;" if is_view else "")
        )
        digests = (SHA256.upper(), SHA1.upper(), MD5.upper())
        rows = [("0" * 64, "0" * 40, "0" * 32, "0", "b", 1, 1)]
        rows += [(*digests, "0", "a.jpg", SIZE, 1)] * 2
        marks = ", ".join("?" * 7)
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        for column in indexes:
            database.execute(f"CREATE INDEX of_{column} ON {table} ({column})")
    database.close()
    return path


DIGESTS = {
    DigestKind.MD5: MD5,
    DigestKind.SHA1: SHA1,
    DigestKind.SHA256: SHA256,
    DigestKind.SHA512: SHA512,
}
M, S, L = DIGESTS[DigestKind.MD5], DIGESTS[DigestKind.SHA1], DIGESTS[DigestKind.SHA256]


def matches(path: Path | str, size: int | None = SIZE) -> list[Match]:
    settings = Settings({"KNOWN_LISTS": [str(path)]})
    return known_lists(settings).matches(DIGESTS, b"", size)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        matches(path)
    text = str(refused.value)
    assert "\n" not in text
    assert text.startswith(f"known list {path} ")
    return text
