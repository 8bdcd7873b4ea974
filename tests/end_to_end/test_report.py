"""``scrapy report`` in a browser without a network, as an investigator opens it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.items import RECORD_FIELDS
from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS
from tests.commands import run_scrapy
from tests.duplicates.test_report import record
from tests.report.pages import inflated, read_report
from tests.report.vendor import axe_script, has_npm

CHROMIUM = Path(str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]))
needs_browser = pytest.mark.skipif(
    find_spec("playwright") is None or not CHROMIUM.exists(),
    reason="playwright or Chromium is not installed",
)

VIEWS = (
    *("overview", "matches", "map", "devices", "timeline", "copies", "origin"),
    *("hosts", "table"),
)
MARKUP = "<script>hacked=1</script><img src=http://x.example/ onerror=hacked=1>"
TURNED = "gpj.\u202eelgnis\u202c\u0007"
SAMPLE = "c0ffee" * 42 + "c0ff"


def photograph(number: int) -> dict[str, Any]:
    """Return a record of one of three cameras, on one of two hosts."""
    month = number % 12 + 1
    model = ("EOS R6", "Z 6", "X-T4")[number % 3]
    place = {"latitude": 48.1 + number / 7, "longitude": 2.3 + number / 3}
    return record(
        f"https://{'ab'[number % 2]}.example/{number:03}.jpg",
        f"{number % 30:02x}",
        f"{number % 30 + 64:02x}",
        sha256_first_10240_bytes=f"{number % 30:02x}" * 32,
        picture_sha256=f"{number % 30 + 64:02x}" * 32,
        random_128_bytes_sample_start=SAMPLE,
        exif={"Image Make": "Maker", "Image Model": model, "EXIF FNumber": "4"},
        page_url="https://a.example/page.html",
        has_ranges=number % 2 == 0,
        spans=[[0, 10_241, "read"], [30, 9_000, "exif"], [9_500, 300_000, "coded"]],
        location={**place, "sources": {}} if number % 2 else {},
        taken={
            "local": f"{2015 + number % 8}-{month:02}-03T12:00:00",
            "utc": f"2020-{month:02}-03T12:00:00" if number % 3 else None,
            "clock_skew": -90 if number % 3 else None,
        },
        device={
            "make": "Maker",
            "model": model,
            "serial": f"{number % 3}1234",
            "sources": {"serial": ["EXIF BodySerialNumber"]},
        },
        matches=[{"list": "list.csv", "kind": "md5", "row": 3}] if not number else [],
        bytes_downloaded=10_241,
        requests={"sample": 1},
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
    matches=[{"list": MARKUP, "kind": MARKUP, "row": "x"}],
    spans=[["a", "b", MARKUP], [0, 100, MARKUP], 7],
    provenance={"actions": [{"action": MARKUP}], "generator": MARKUP, "signer": MARKUP},
    metadata_status={MARKUP: MARKUP},
    location={"latitude": "north", "longitude": None, "altitude": MARKUP},
    taken={"local": MARKUP, "clock_skew": "x"},
)
RECORDS = [*map(photograph, range(60)), HOSTILE]


@dataclass
class Tab:
    """A page of the browser, and what went wrong on it."""

    page: Any
    path: Path
    faults: list[str] = field(default_factory=list)

    def open(self, fragment: str = "") -> Any:
        """Open the report anew; ``fragment`` is the state."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.path.as_uri()}#{fragment}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page

    def status(self) -> str:
        return str(self.page.locator(".status").inner_text())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    lines = (json.dumps(each) + "\n" for each in RECORDS)
    (folder / "feed.jsonl").write_text("".join(lines))
    child = run_scrapy("report", "feed.jsonl", "-O", "report.html", cwd=folder)
    assert child.returncode == 0, child.stderr
    assert re.fullmatch(
        r"scrapy report: 61 images, \d+\.\d KB, to report\.html\n", child.stderr
    )
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=bool(PLAYWRIGHT_LAUNCH_OPTIONS["chromium_sandbox"]),
        )
        yield browser
        browser.close()


def tab_of(
    browser: Any, report: Path, *, width: int = 1440, height: int = 900, **options: Any
) -> Tab:
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, offline=True, **options)
    tab = Tab(context.new_page(), report)
    tab.page.set_default_timeout(20_000)
    tab.page.on("console", lambda message: tab.faults.append(message.text))
    tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(report.as_uri())
            else tab.faults.append(request.url)
        ),
    )
    return tab


@pytest.fixture
def tab(browser: Any, report: Path) -> Iterator[Tab]:
    """Open a tab that must stay without errors and requests."""
    tab = tab_of(browser, report)
    yield tab
    tab.page.context.close()
    assert tab.faults == []


@needs_browser
def test_every_view_works_without_a_request_or_an_error(tab: Tab) -> None:
    page = tab.open()
    for name in page.locator(".tabs button").all_inner_texts():
        page.get_by_role("button", name=name, exact=True).first.click()
        assert page.locator(".holder > .view").count() == 1
    assert tab.status() == "61 images"
    assert page.locator(".figures").inner_text().startswith("images\n61")
    assert "2 images on 2 known lists" in page.locator(".alert-band").inner_text()


@needs_browser
def test_a_facet_filters_all_views_and_stays_in_the_address(tab: Tab) -> None:
    page = tab.open()
    page.locator('.facet button[data-value="Maker Z 6"]').click()
    assert tab.status() == "20 of 61 images"
    page.get_by_role("button", name="Devices", exact=True).click()
    assert page.locator(".device-card").count() == 1
    fragment = page.evaluate("location.hash.slice(1)")

    page = tab.open(fragment)
    assert tab.status() == "20 of 61 images"
    assert page.locator(".device-card").count() == 1
    page.get_by_role("button", name="Clear all").click()
    assert tab.status() == "61 images"
    page.get_by_role("button", name="Hosts", exact=True).click()
    page.go_back()
    page.wait_for_selector(".devices-view")


@needs_browser
@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ("words=x-t4+B.EXAMPLE", "10 of 61 images"),
        ("words=nothing+has+this", "0 of 61 images"),
        ("taken=1514764800~1546300799", "8 of 61 images"),
        ("box=2~48~4~49", "3 of 61 images"),
        ("f.host=a.example&f.ranges=true", "30 of 61 images"),
        ("f.host=a.example&f.host=b.example", "60 of 61 images"),
        ("group=devices:0", "20 of 61 images"),
        ("box=x&image=99999&view=none&taken=a&f.none=1&size=~", "61 images"),
        ("group=copies:77", "0 of 61 images"),
    ],
)
def test_the_address_has_the_filters(tab: Tab, fragment: str, status: str) -> None:
    tab.open(fragment)

    assert tab.status() == status


@needs_browser
def test_the_table_is_sorted_and_moved_through_with_keys(tab: Tab) -> None:
    page = tab.open("view=table")
    page.get_by_role("columnheader", name="Taken").get_by_role("button").click()
    page.get_by_role("columnheader", name="Taken").get_by_role("button").click()
    header = page.get_by_role("columnheader", name="Taken")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.locator(".row .c-taken").first.inner_text().startswith("2022-")

    page.locator('.row[tabindex="0"]').focus()
    page.keyboard.press("End")
    last = page.locator(".row:focus")
    assert last.get_attribute("aria-rowindex") == "62"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    name = page.locator(".row:focus .c-url bdi").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(".detail:not([hidden])")
    assert page.locator(".detail h2").inner_text() == name
    page.keyboard.press("Escape")
    page.wait_for_selector(".detail", state="hidden")
    assert page.locator(".row:focus").get_attribute("aria-rowindex") == "3"


@needs_browser
def test_an_image_has_its_place_tags_bar_and_links(tab: Tab) -> None:
    wanted = photograph(7)
    number = sorted(each["url"] for each in RECORDS).index(wanted["url"])
    page = tab.open(f"image={number}")
    detail = page.locator(".detail:not([hidden])")
    detail.wait_for()
    text = detail.inner_text()

    latitude, longitude = (
        wanted["location"][name] for name in ("latitude", "longitude")
    )
    found = re.search(r"geo:([\d.-]+),([\d.-]+)", text)
    assert found
    assert [float(found[1]), float(found[2])] == pytest.approx(
        [latitude, longitude], abs=1e-6
    )
    assert wanted["url"] in text
    assert wanted["picture_sha256"] in text
    assert "71234" not in text
    assert "11234" in text
    assert detail.locator(".tags dd").all_inner_texts() == ["Maker", "Z 6", "4"]
    bars = detail.locator(".lane svg")
    assert [bar.get_attribute("aria-label") for bar in bars.all()] == [
        "read: 10.2 KB of 300.0 KB",
        "exif: 9.0 KB of 300.0 KB",
        "picture data: 290.5 KB of 300.0 KB",
    ]
    detail.get_by_role("button", name="Filter to these: Body serial").click()
    assert tab.status() == "20 of 61 images"


@needs_browser
def test_the_map_zooms_to_places_and_filters_to_its_view(tab: Tab) -> None:
    page = tab.open("view=map")
    places = page.locator(".places button")
    places.first.wait_for()
    page.wait_for_function(
        "document.querySelector('.places').textContent.includes('France')"
    )
    before = page.locator(".map-view .caption").inner_text()
    places.first.click()
    page.wait_for_function(
        "before => document.querySelector('.map-view .caption').textContent !== before",
        arg=before,
    )
    page.get_by_role("button", name="Filter to this view").click()
    shown = int(tab.status().split()[0])
    assert 0 < shown < 30
    page.get_by_role("button", name="Filtered to an area").click()
    page.locator(".stage").focus()
    page.keyboard.press("0")
    assert tab.status() == "61 images"


@needs_browser
def test_a_hostile_record_stays_text(tab: Tab) -> None:
    number = sorted(each["url"] for each in RECORDS).index(HOSTILE["url"])
    for view in VIEWS:
        page = tab.open(f"view={view}&image={number}")
        page.wait_for_selector(".detail:not([hidden])")
    text = page.locator(".detail").inner_text()

    assert text.count("<script>hacked=1</script>") > 8
    assert re.search("gpj.\\WU\\+202E\\Welgnis\\WU\\+202C\\W{2}U\\+0007", text)
    assert "\u202e" not in page.locator("body").inner_text()
    assert "yyy…" in text
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("main :is(img, a, script, iframe, object, link)").count() == 0
    assert page.locator("body [src], body [href], body [onerror]").count() == 0


@needs_browser
def test_the_policy_forbids_markup_and_connections(browser: Any, report: Path) -> None:
    tab = tab_of(browser, report)
    page = tab.open()
    tried = page.evaluate("""async () => {
        const failed = [];
        const trial = (name, run) => run().catch(() => failed.push(name));
        await trial("markup", async () => { document.body.innerHTML = "<p>"; });
        await trial("fetch", () => fetch("data:text/plain,x"));
        await trial("script", async () => {
            document.createElement("script").text = "1";
        });
        await trial("image", () => new Promise((resolve, reject) => {
            Object.assign(new Image(), {onload: resolve, onerror: reject,
                src: "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="});
        }));
        return failed;
    }""")  # fmt: skip
    page.context.close()

    assert tried == ["markup", "fetch", "script", "image"]


@needs_browser
@pytest.mark.skipif(
    not has_npm(), reason="npm, which fetches axe-core, is not installed"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 740)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Any, report: Path, width: int, height: int, scheme: str
) -> None:
    # axe makes markup, which the page's policy forbids.
    options = {"bypass_csp": True, "color_scheme": scheme}
    tab = tab_of(browser, report, width=width, height=height, **options)
    found = {}
    for view in (*VIEWS, "table&image=1", "overview&f.host=a.example"):
        page = tab.open(f"view={view}")
        page.wait_for_function("!document.querySelector('.places') || scrollX === 0")
        page.evaluate(axe_script())
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        problems = [
            (each["id"], each["nodes"][0]["html"]) for each in result["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(("too wide", view))
        if problems:
            found[view] = problems
    page.context.close()

    assert found == {}


@needs_browser
def test_a_printed_report_has_no_controls(tab: Tab) -> None:
    page = tab.open("view=copies")
    page.emulate_media(media="print")

    assert page.locator(".tabs, .side-bar, .tools").locator("visible=true").count() == 0
    assert page.locator(".copy-card").first.is_visible()


def test_no_byte_of_a_picture_is_in_a_report(report: Path) -> None:
    found = read_report(report)
    texts = [
        found.text,
        json.dumps(found.head),
        json.dumps(found.blocks),
        *(
            inflated(packed).decode("utf-8", "replace")
            for packed in re.findall(
                r"<script type=\"text/plain\"[^>]*>([^<]+)", found.text
            )
        ),
    ]

    assert "random_128_bytes_sample_start" in RECORD_FIELDS
    assert not any(SAMPLE[:64] in text for text in texts)


def test_above_20000_images_the_tags_are_left_out_unless_asked(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    with feed.open("w") as file:
        for number in range(20_001):
            url = f"http://a.example/{number}"
            file.write(
                f'{{"url": "{url}", "exif": {{"Image Make": "tag-{number}"}}}}\n'
            )
    short = run_scrapy("report", "feed.jsonl", "-O", "short.html", cwd=tmp_path)
    long = run_scrapy(
        "report", "feed.jsonl", "-O", "long.html", "--tags", "all", cwd=tmp_path
    )

    assert short.stderr.endswith("to short.html, without tags (add --tags all)\n")
    assert " · without tags" in (tmp_path / "short.html").read_text()
    assert "exif" not in read_report(tmp_path / "short.html").blocks[0]
    assert long.stderr.endswith("to long.html\n")
    assert "exif" in read_report(tmp_path / "long.html").blocks[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-O", "r.html"], "no feed is named"),
        (["feed.jsonl", "-O", "feed.jsonl"], "is also an input; name another file"),
        (["feed.jsonl", "-O", "own.html"], "does not hold a report, so it is kept"),
        (["feed.jsonl", "-O", "none/r.html"], "its folder does not exist; create it"),
        (["feed.jsonl", "--tags", "few"], "invalid choice: 'few'"),
    ],
)
def test_an_error_is_one_line_and_changes_no_file(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "feed.jsonl").write_text('{"url": "http://a.example/"}\n')
    (tmp_path / "own.html").write_text("<!DOCTYPE html><title>my page</title>")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    child = run_scrapy("report", *arguments, cwd=tmp_path)

    assert child.returncode == 1
    assert child.stderr.count("\n") == 1
    assert sentence in child.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_report_replaces_a_report_and_goes_to_stdout(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text('{"url": "http://a.example/"}\nbroken\n')
    first = run_scrapy("report", "feed.jsonl", "-O", "r.html", cwd=tmp_path)
    again = run_scrapy("report", "feed.jsonl", "-O", "r.html", cwd=tmp_path)
    printed = run_scrapy("report", "feed.jsonl", cwd=tmp_path)

    assert [first.returncode, again.returncode, printed.returncode] == [0, 0, 0]
    assert first.stderr.startswith(
        "scrapy report: feed.jsonl: 1 invalid line skipped\n"
    )
    assert printed.stdout.startswith("<!DOCTYPE html>\n<!-- fpcrawler report -->\n")
    assert read_report(tmp_path / "r.html").head["urls"] == ["http://a.example/"]
