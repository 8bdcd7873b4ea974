"""Compare duplicates found by ranges with duplicates of whole files.

``python -m benchmarks.sites`` serves the documentation of KiCad in four languages,
unpacked in $DOCS, as four sites. It crawls their images and compares the result of
`scrapy duplicates --between-hosts` with the SHA-256 of the whole files. With the
argument ``verify``, the crawl looks again at likely copies (VERIFY_IN_CRAWL).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import quote, urlsplit

from tests.commands import environment
from tests.crawls import Crawled, run_crawl
from tests.servers.files import folder
from tests.servers.http import serving

LANGUAGES = ("de", "en", "fr", "it")
MIN_IMAGE_SIZE = 20_480
PROVEN = ("identical", "same-file", "same-picture")
FOUND = (*PROVEN, "likely")
_TIMEOUT = 600.0

Pairs = set[frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A crawl of the sites; pairs of URLs on two sites: found, proven and true."""

    crawled: Crawled
    files: dict[str, Path]
    found: Pairs
    proven: Pairs
    true: Pairs


def images(docs: Path) -> dict[str, list[Path]]:
    """Return the pictures of each language, without symbolic links."""
    root = docs / "usr/share/doc/kicad/help"
    return {
        language: sorted(
            path for path in (root / language).rglob("*.png") if not path.is_symlink()
        )
        for language in LANGUAGES
    }


def compare(docs: Path, home: Path, *, is_verified: bool = False) -> Compared:
    """Crawl the four sites in ``home``; find the images that they share."""
    settings = {"ROBOTSTXT_OBEY": False, "VERIFY_IN_CRAWL": is_verified}
    files: dict[str, Path] = {}
    with ExitStack() as stack:
        for number, (_, paths) in enumerate(images(docs).items(), start=1):
            server = serving(folder(Path("/")), address=f"127.0.0.{number}")
            url = stack.enter_context(server).url
            files |= {url + quote(str(path)): path for path in paths}
        (home / "urls.txt").write_text("\n".join(files))
        crawled = run_crawl(
            home, log_level="WARNING", settings=settings, timeout=_TIMEOUT
        )
    groups = duplicates(home / "feed.json", "--between-hosts")
    return Compared(
        crawled=crawled,
        files=files,
        found=pairs_with(FOUND, groups),
        proven=pairs_with(PROVEN, groups),
        true=true_pairs(files),
    )


def duplicates(feed: Path, *options: str) -> list[dict[str, Any]]:
    """Return the groups that `scrapy duplicates` finds in a feed."""
    command = [sys.executable, "-m", "scrapy", "duplicates", str(feed)]
    child = subprocess.run(
        [*command, *options, "--json"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    groups: list[dict[str, Any]] = json.loads(child.stdout)
    return groups


def pairs_with(verdicts: Sequence[str], groups: list[dict[str, Any]]) -> Pairs:
    """Return the pairs that have one of the verdicts."""
    same = [group["images"] for group in groups if group["verdict"] in verdicts]
    return between_hosts([image["url"] for image in group] for group in same)


def true_pairs(files: dict[str, Path]) -> Pairs:
    """Return the pairs of byte-identical files above MIN_IMAGE_SIZE."""
    by_content = defaultdict(list)
    for url, path in files.items():
        data = path.read_bytes()
        if len(data) > MIN_IMAGE_SIZE:
            by_content[sha256(data).digest()].append(url)
    return between_hosts(by_content.values())


def between_hosts(groups: Any) -> Pairs:
    """Return the pairs of URLs in one group that are on different hosts."""
    return {
        frozenset(pair)
        for group in groups
        for pair in combinations(group, 2)
        if len({urlsplit(url).netloc for url in pair}) > 1
    }


def main() -> None:
    """Print the comparison, and the cost per image by format."""
    docs = Path(os.environ.get("DOCS", ""))
    with tempfile.TemporaryDirectory() as name:
        compared = compare(docs, Path(name), is_verified="verify" in sys.argv)
    records = compared.crawled.records
    second = compared.crawled.stats.get("proof/requests", 0)
    distinct = {sha256(path.read_bytes()).digest() for path in compared.files.values()}
    print(f"{len(compared.files)} files, {len(distinct)} distinct; {len(records)} kept")
    print(f"pairs between hosts: {len(compared.true)} by SHA-256 of whole files,")
    print(f"  {len(compared.found & compared.true)} of them at least likely,")
    print(f"  {len(compared.proven & compared.true)} of them more than likely,")
    print(f"  {len(compared.found - compared.true)} found that are not identical")
    print(f"  {second} requests for ends and blocks")
    by_format = defaultdict(list)
    for record in records:
        by_format[record["format"]].append(record)
    for kind, kept in sorted(by_format.items()):
        requests = mean(sum(record["requests"].values()) for record in kept)
        received = mean(record["bytes_downloaded"] for record in kept)
        whole = mean(record["image_size"] for record in kept)
        print(
            f"{kind}: {len(kept)} images, {requests:.2f} requests and "
            f"{received:,.0f} bytes per image, of {whole:,.0f}"
        )


if __name__ == "__main__":
    main()
