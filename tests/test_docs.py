"""What the documents say is what the code does."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, get_args

import pytest
from lxml.html import document_fromstring
from scrapy.exceptions import DropItem, IgnoreRequest

from fpcrawler import handlers, middlewares, pipelines, settings, tor
from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.summary import summary_lines
from fpcrawler.core.file.formats import BMFF_BRANDS, SIGNATURES, STRUCTURES
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import Fingerprint
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.http.decoding import DecodingError
from fpcrawler.core.http.server_digests import CLAIMS, DIGEST_HEADERS
from fpcrawler.core.links.found import Cut
from fpcrawler.core.links.page import META_IMAGES, page_links
from fpcrawler.core.links.rendered import Document, document_links
from fpcrawler.core.links.scope import LeftOut
from fpcrawler.core.links.sitemaps import listing_of
from fpcrawler.crawl import failures, fetching
from fpcrawler.crawl.budget import Budget, ReadOptions
from fpcrawler.crawl.fetching import NotFetched, UnexpectedStatus
from fpcrawler.crawl.list_limits import TooMany
from fpcrawler.evaluation.experiment import Cost, Evaluation, Image, Method
from fpcrawler.evaluation.retagging import EDITS
from fpcrawler.evaluation.retags import Retags
from fpcrawler.evaluation.scoring import Rate, Tally
from fpcrawler.evaluation.templates import Templates
from fpcrawler.evaluation.templating.encodings import ENCODINGS
from fpcrawler.evaluation.text import as_json
from fpcrawler.evaluation.truth import Whole
from fpcrawler.evaluation.verifying import SecondLook
from fpcrawler.feeds.outcome import Feed
from fpcrawler.fleet.actions import ACTIONS
from fpcrawler.input.arguments import ARGUMENTS
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.tor.retry import RETRIES
from tests.commands import ROOT
from tests.schemas import opening, sentences

README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
OUTPUT = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
TOR = (ROOT / "docs" / "tor.md").read_text(encoding="utf-8")
SCRAPYD = (ROOT / "docs" / "scrapyd.md").read_text(encoding="utf-8")
EVALUATE = (ROOT / "docs" / "evaluate.md").read_text(encoding="utf-8")
JAVASCRIPT = (ROOT / "docs" / "javascript.md").read_text(encoding="utf-8")
FLEET = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
DATA_FORMAT = (ROOT / "DATA_FORMAT.md").read_text(encoding="utf-8")

# Settings that wire the parts together: read in settings.py, not set by users.
WIRING = {
    "BOT_NAME",
    "SPIDER_MODULES",
    "COMMANDS_MODULE",
    "RETRY_EXCEPTIONS",
    "URLLENGTH_LIMIT",
    "REQUEST_FINGERPRINTER_CLASS",
    "FAKEUSERAGENT_FALLBACK",
    "DOWNLOADER",
    "DUPEFILTER_CLASS",
    "SCHEDULER_PRIORITY_QUEUE",
    "DOWNLOADER_MIDDLEWARES",
    "SPIDER_MIDDLEWARES",
    "DOWNLOAD_HANDLERS",
    "EXTENSIONS",
    "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT",
    "PLAYWRIGHT_LAUNCH_OPTIONS",
    "ITEM_PIPELINES",
    "FEEDS",
    "FEED_EXPORT_FIELDS",
    "FEED_EXPORTERS",
    "FEED_STORAGES",
    "STATS_CLASS",
    "LOG_FORMATTER",
    "DEFAULT_DROPITEM_LOG_LEVEL",
    "RETRY_GIVE_UP_LOG_LEVEL",
    "TELNETCONSOLE_ENABLED",
    "REMOTE_CONTROL_ENABLED",
    "TWISTED_DNS_RESOLVER",
    "TWISTED_REACTOR",
    "ASYNCIO_EVENT_LOOP",
    "CONCURRENT_ITEMS",
    "WARN_ON_GENERATOR_RETURN_VALUE",
}


PAGE = """
<link rel=icon href=1.ico><link rel=image_src href=2.jpg>
<link rel=preload as=image href=3.jpg><link itemprop=image href=4.jpg>
<meta name=msapplication-TileImage content=5.jpg>
<script type=application/ld+json>{"@type": "Thing", "image": "6.jpg"}</script>
<table background=7.jpg></table><img src=8.jpg><img srcset="9.jpg 2x">
<picture><source srcset=10.jpg></picture><img data-src=11.jpg>
<video poster=12.jpg></video><input type=image src=13.jpg>
<object data=14.jpg></object><embed src=15.jpg><amp-img src=16.jpg></amp-img>
<svg><image href=17.jpg></image></svg><a href=18.jpg></a>
<p style="background: url(19.jpg)"></p><iframe srcdoc="<img src=20.jpg>"></iframe>
"""
SITEMAP = b"""
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://a.example/</loc>
<image:image><image:loc>https://a.example/1.jpg</image:loc></image:image></url></urlset>
"""
RSS = b"""
<rss xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<image><url>https://a.example/1.jpg</url></image><item>
<enclosure type="image/jpeg" url="https://a.example/2.jpg"/>
<media:content medium="image" url="https://a.example/3.jpg"/>
<media:thumbnail url="https://a.example/4.jpg"/>
<itunes:image href="https://a.example/5.jpg"/></item></channel></rss>
"""


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of all tables whose first column has this heading."""
    rows = []
    for rest in text.split(f"\n| {heading} |")[1:]:
        for line in rest.splitlines()[2:]:
            if not line.startswith("|"):
                break
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def code(cell: str) -> str:
    return cell.strip("`")


def names(cell: str) -> list[str]:
    return re.findall(r"`([\w:-]+)`", cell)


def documented_settings(text: str) -> dict[str, Any]:
    rows = [(code(name), code(value)) for name, value, _ in table(text, "setting")]
    assert len({name for name, _ in rows}) == len(rows)
    return {name: ast.literal_eval(value) for name, value in rows}


def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_the_settings_tables_are_settings_py() -> None:
    real: dict[str, Any] = {
        name: getattr(settings, name)
        for name in dir(settings)
        if name.isupper() and name not in WIRING and name != "RECORD_FIELDS"
    }

    assert documented_settings(SETTINGS) == real


def test_the_settings_of_the_readme_are_ten_of_these() -> None:
    documented = documented_settings(README)

    assert len(documented) == 10
    assert documented_settings(SETTINGS) | documented == documented_settings(SETTINGS)


def test_every_argument_is_documented() -> None:
    documented = [code(row[0]).split("=")[0] for row in table(SETTINGS, "argument")]

    assert documented == [f"-a {name}" for name in ARGUMENTS]


def test_every_value_of_found_in_is_documented() -> None:
    metas = [
        f'<meta property="{name}" content="{at}.png">'
        for at, name in enumerate(META_IMAGES)
    ]
    page = document_fromstring(PAGE + "".join(metas))
    found = {link.found_in for link in page_links(page, "https://a.example/").images}
    for listing in (SITEMAP, RSS):
        listed = listing_of(listing.strip(), "https://a.example/")
        found |= {image.found_in for image in listed.images}

    asked = document_links(Document("https://a.example/", (), ("/a.png",)))
    found |= {image.found_in for image in asked.images}

    documented = {name for row in table(DATA_FORMAT, "value") for name in names(row[0])}
    assert documented == found


def test_every_action_of_the_fleet_is_documented() -> None:
    documented = [code(row[0]).split()[0] for row in table(FLEET, "action")]

    assert documented == [*ACTIONS]


def test_every_exit_code_is_documented() -> None:
    assert [int(row[0]) for row in table(OUTPUT, "code")] == [*ExitCode]


def test_every_field_is_documented_in_its_order() -> None:
    assert [code(row[0]) for row in table(DATA_FORMAT, "field")] == RECORD_FIELDS


def test_the_row_of_a_field_begins_with_its_sentence() -> None:
    texts = {code(row[0]): " | ".join(row[2:]) for row in table(DATA_FORMAT, "field")}
    begun = {name: opening(sentence) for name, sentence in sentences().items()}

    assert [*begun] == RECORD_FIELDS
    assert [name for name in texts if not texts[name].startswith(begun[name])] == []


def test_every_format_is_documented() -> None:
    (row,) = (row for row in table(DATA_FORMAT, "field") if row[0] == "`format`")
    known = {name for _, name in (*SIGNATURES, *STRUCTURES)}

    assert {*names(row[2])} == known | {*BMFF_BRANDS.values()}


def test_every_kind_of_digest_is_documented_in_its_order() -> None:
    (row,) = (r for r in table(DATA_FORMAT, "field") if r[0] == "`server_digests`")

    assert names(row[2]) == [*FILE_DIGESTS, *CLAIMS.values()]


def test_every_header_that_states_a_digest_is_documented() -> None:
    _, _, section = DATA_FORMAT.partition("## Digests that servers state")
    section, _, _ = section.partition("\n## ")
    documented = {name.lower() for name in re.findall(r"`([\w-]+)[`:*]", section)}
    kinds = {f"x-amz-checksum-{kind}" for kind in FILE_DIGESTS}
    details = {"x-amz-checksum-type", "x-amz-storage-class", "x-rgw-object-type"}
    encryption = {name for name in DIGEST_HEADERS if "encryption" in name}
    length = {"x-goog-stored-content-length", "x-ms-blob-type"}

    looked_at = {*DIGEST_HEADERS}
    assert looked_at - documented == kinds | details | encryption | length


def test_every_reason_of_ours_is_documented() -> None:
    for package in (pipelines, middlewares, handlers, tor):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    ignored = {
        failures.failure_name(IgnoreRequest(text))
        for text in ("Forbidden by robots.txt", "max redirections reached")
    }
    ours = {
        kind.__name__
        for parent in (DropItem, IgnoreRequest)
        for kind in subclasses(parent)
        if kind.__module__.startswith("fpcrawler.")
    }
    ours |= {
        name
        for name, value in vars(failures).items()
        if isinstance(value, type) and value.__module__ == failures.__name__
    }

    documented = {
        name
        for row in table(OUTPUT, "reason")
        if "…" not in row[0]
        for name in names(row[0])
    }
    assert len(ours) >= 8
    assert documented == ours | ignored | {DecodingError.__name__}


def test_every_reason_why_a_range_fails_is_documented() -> None:
    documented = {code(row[0]) for row in table(OUTPUT, "range failure")}
    ours = {
        kind.__name__
        for kind in subclasses(NotFetched)
        if kind.__module__ == fetching.__name__
    }

    assert documented == ours - {UnexpectedStatus.__name__}  # counted as Http404, …


def test_every_line_of_the_summary_is_documented() -> None:
    reasons = (
        *("item_dropped_reasons_count", "images/failed", "pages/failed"),
        "pages/dropped",
        *("styles/failed", "metadata/failed", "picture/failed", "proof/failed"),
        "local_digests/failed",
    )
    counts = (
        *("pages/crawled", "pages/duplicates", "pages/done_before"),
        *("images/found", "item_scraped_count", "images/duplicates"),
        *("images/done_before", "list/rejected", "matches/found"),
        *("matches/digests", "matches/passed_over"),
        *("local_digests/files", "images/too_small_in_list"),
        *("metadata/incomplete", "metadata/KIND/incomplete", "picture/incomplete"),
        "proof/incomplete",
    )
    stats: dict[str, Any] = dict.fromkeys((f"{each}/REASON" for each in reasons), 3)
    stats |= {"pages/left_out/LIMIT": 3, "matches/list/LIST": 3}
    stats |= {"matches/set/known-bad": 3, "matches/set/known-good": 3}
    stats |= dict.fromkeys(counts, 3)
    stats |= {"item_dropped_reasons_count/NotAnImage": 3}
    stats |= {"images/found": 99, "pages/found": 99}
    stats |= {"finish_reason": "closespider_timeout", "list/is_whole": False}
    stats |= {"images/bytes_downloaded": 3_000, "images/bytes_total": 3_000}

    lines = summary_lines(stats, [Feed(uri="URI", records=3)], "COMMAND")
    documented = [code(row[0]) for row in table(OUTPUT, "line of the summary")]
    assert documented == [
        re.sub(r"\d[\d.]*", "N", " ".join(line.split())) for line in lines
    ]


def test_every_limit_is_documented() -> None:
    rows = {
        row[0].split()[0].strip("`"): row[1]
        for row in table(OUTPUT, "line of the summary")
    }

    assert names(rows["skipped"]) == [*LeftOut, *TooMany, *get_args(Cut)]


def test_every_failure_of_tor_is_documented_with_its_retries() -> None:
    documented = {code(row[0]): row[2] for row in table(TOR, "failure")}
    retries = {kind.__name__: retry for kind, retry in RETRIES.items()}
    kinds = {
        name
        for name, value in vars(tor).items()
        if isinstance(value, type) and value.__module__ == tor.__name__
        if issubclass(value, Exception)
    }

    assert documented.keys() == kinds
    assert documented == {
        name: f"{retries[name].times} after {retries[name].delay:g} s"
        if name in retries
        else "0"
        for name in kinds
    }


def test_scrapyd_has_the_options_that_are_documented() -> None:
    known, documented = ConfigParser(), ConfigParser()
    known.read_string(files("scrapyd").joinpath("default_scrapyd.conf").read_text())
    documented.read_string(re.findall(r"```ini\n(.*?)```", SCRAPYD, re.DOTALL)[0])

    assert {*documented["scrapyd"]} <= {*known["scrapyd"]}


def test_every_edit_of_retagged_copies_is_documented() -> None:
    documented = [
        code(row[0].split("`")[1]) for row in table(EVALUATE, "retagged copies")
    ]

    assert documented == [*EDITS]


def test_every_format_of_templates_is_documented() -> None:
    rows = table(EVALUATE, "renderings of a template")

    assert [code(row[0]) for row in rows] == [encoding.name for encoding in ENCODINGS]


def test_every_number_of_an_evaluation_is_documented() -> None:
    rows = table(EVALUATE, "name")
    documented = {name for row in rows for name in names(" ".join(row))}
    documented |= {*names(EVALUATE.rpartition("A rate is")[2])}
    tally = Tally(
        groups=1,
        files_in_groups=2,
        redundant_copies=1,
        false_merges=Rate(1, 2),
        missed_copies=Rate(0, 0),
        same_picture=0,
        false_groups=((0,),),
    )
    image = Image(
        path=Path("a.png"),
        name="a.png",
        format="png",
        requests=1,
        bytes_downloaded=1,
        fingerprint=Fingerprint(),
        whole=Whole(size=1, sha256="", prefixes=()),
    )
    method = Method(name="prefix", prefix_bytes=1, tally=tally)
    evaluation = Evaluation(
        images=[image],
        lost={},
        truth=tally,
        methods=[method],
        curve=[method],
        costs={"all": Cost(images=1, size=1, requests=1, bytes=1)},
        second_look=SecondLook(images=1, requests=1, bytes=1),
    )
    wanted = ReadOptions(
        kinds=frozenset(), has_picture=True, metadata_budget=Budget(0, 0)
    )
    retags, templates = Retags(wanted), Templates(wanted, 2)
    retags.verdicts["png", "stripped"] = Counter()
    retags.missed.append(("a.png", "stripped", "same-head"))
    templates.pairs["gif"] = 1
    templates.false["a.png", "gif", VerdictName.SAME_FILE] = 1
    report = as_json(evaluation, retags, templates, folder="", min_image_size=0)

    used = {*keys(report)}
    assert len(used) > 25
    assert used <= documented


def keys(value: object) -> Iterator[str]:
    """Yield the keys of all objects in a JSON value."""
    if isinstance(value, list):
        for element in value:
            yield from keys(element)
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys(inner)


def test_readme_is_short_and_in_order() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)

    assert len(README.splitlines()) <= 250
    assert headings == [
        "Two commands",
        "By task",
        "The ten most used settings",
        "Limits",
        "What is kept",
        "How it works",
        "Develop",
    ]


def test_the_pictures_of_readme_are_there_and_small() -> None:
    pictures = re.findall(r"^!\[.+\]\((.+)\)$", README, re.MULTILINE)
    report = (ROOT / "docs" / "report.png").read_bytes()

    assert pictures == ["docs/report.png", "docs/terminal.svg", "docs/race.svg"]
    assert int.from_bytes(report[16:20]) == 1_440  # the width, in IHDR
    assert len(report) < 300_000
    assert "$ scrapy report " in (ROOT / "docs" / "terminal.svg").read_text()


@pytest.mark.parametrize(
    "path", sorted(path.name for path in ROOT.glob("requirements*.txt"))
)
def test_every_requirement_is_pinned(path: str) -> None:
    lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
    packages = [line for line in lines if line and not line.startswith("-r ")]

    assert all("==" in package for package in packages)
