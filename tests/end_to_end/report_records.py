"""Records for the report: photographs, and one that attacks the page."""

from __future__ import annotations

from typing import Any

from tests.duplicates.test_report import record
from tests.matches import match

MARKUP = "<script>hacked=1</script><img src=http://x.example/ onerror=hacked=1>"
TURNED = "gpj.\u202eelgnis\u202c\u0007"
SAMPLE = "c0ffee" * 42 + "c0ff"
BAD = match("vic.json", "md5", row=3, set="known-bad", category="1", series="a series")
KNOWN = {
    0: [match("nsrl.csv", "md5", row=3, set="known-good")],
    7: [{**BAD, "flags": ["distributed"], "name": MARKUP, "size_agrees": False}],
}


def photograph(number: int) -> dict[str, Any]:
    """Return a record of one of three cameras, on one of two hosts."""
    month, digits = number % 12 + 1, ".25" * (number % 2)
    model = ("EOS R6", "Z 6", "X-T4")[number % 3]
    place = {"latitude": 48.1 + number / 7, "longitude": 2.3 + number / 3}
    digest = f"{number % 30:064x}" if number % 2 else None
    return record(
        f"https://{'ab'[number % 2]}.example/{number:03}.jpg",
        f"{number % 30:02x}",
        f"{number % 30 + 64:02x}",
        sha256_first_10240_bytes=f"{number % 30:02x}" * 32,
        picture_sha256=f"{number % 30 + 64:02x}" * 32,
        random_128_bytes_sample_start=SAMPLE,
        texts=[{"name": "Comment", "text": "U\u0301NE PHRASE"}] if number == 5 else [],
        exif={"Image Make": "Maker", "Image Model": model, "EXIF FNumber": "4"},
        page_url="https://a.example/page.html",
        last_modified="Sat, 01 Aug 2026 10:00:00 GMT",
        has_ranges=number % 2 == 0,
        spans=[[0, 10_241, "read"], [30, 9_000, "exif"], [9_500, 300_000, "coded"]],
        location={**place, "sources": {}} if number % 2 else {},
        taken={
            "local": f"{2015 + number % 8}-{month:02}-03T00:30:00{digits}",
            "offset": "+05:30" if number % 3 else None,
            "utc": f"2020-{month:02}-02T19:00:00" if number % 3 else None,
            "clock_skew": -90 if number % 3 else None,
        },
        device={
            "make": "Maker",
            "model": model,
            "serial": f"{number % 3}1234",
            "sources": {"serial": ["EXIF BodySerialNumber"]},
        },
        matches=KNOWN.get(number, []),
        bytes_downloaded=10_241,
        requests={"sample": 1},
        file_digests={"md5": None, "sha1": None, "sha256": digest},
    )


HOSTILE = record(
    "javascript:alert(1)//</script><script>hacked=1</script>",
    "f",
    alt=MARKUP,
    page_url="javascript:hacked=1",
    format="</script>",
    exif={MARKUP: TURNED, "__proto__": "x", "EXIF Long": "y" * 1_000_000},
    xmp={"constructor": MARKUP},
    iptc={"By-line": "</script><!--"},
    texts=[{"name": MARKUP, "text": TURNED}, 5, None],
    user_comment=MARKUP,
    device={"make": MARKUP, "model": TURNED, "serial": MARKUP, "software": MARKUP},
    matches=[
        {"list": MARKUP, "kind": MARKUP, "row": "x"},
        {"list": "b", "set": "known-bad", "series": MARKUP, "flags": [MARKUP, TURNED]},
    ],
    spans=[["a", "b", MARKUP], [0, 100, MARKUP], 7],
    provenance={"actions": [{"action": MARKUP}], "generator": MARKUP, "signer": MARKUP},
    metadata_status={MARKUP: MARKUP},
    location={"latitude": "north", "longitude": None, "altitude": MARKUP},
    taken={"local": MARKUP, "clock_skew": "x"},
)
RECORDS = [*map(photograph, range(60)), HOSTILE]
