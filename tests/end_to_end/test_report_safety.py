"""The page of ``scrapy report`` with hostile records, its policy, and axe."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.items import RECORD_FIELDS
from tests.end_to_end.report_records import HOSTILE, RECORDS, SAMPLE
from tests.end_to_end.report_tab import VIEWS, Tab, needs_browser, tab_of
from tests.report.pages import inflated, read_report
from tests.report.vendor import axe_script, has_npm


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
@pytest.mark.parametrize(
    ("part", "message"),
    [
        (r'(id="table">)[^<]*', "This report cannot be shown: "),
        (r'(class="block">)[^<]*', "Not all tags can be searched: "),
    ],
)
def test_a_damaged_report_says_what_does_not_work(
    browser: Any, report: Path, tmp_path: Path, part: str, message: str
) -> None:
    damaged = tmp_path / "damaged.html"
    damaged.write_text(re.sub(part, r"\1bm90IGd6aXA=", report.read_text()))
    page = tab_of(browser, damaged).page
    page.goto(f"{damaged.as_uri()}#image=1")

    page.get_by_role("alert").filter(has_text=message).wait_for()
    if "class" in part:
        page.locator(".detail").get_by_role("alert").wait_for()
    assert page.get_by_text("Unpacking").count() == 0
    page.context.close()


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
    size = {"width": width, "height": height}
    tab = tab_of(browser, report, size=size, **options)
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
