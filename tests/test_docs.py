"""What the documents say is what the code does."""

from __future__ import annotations

import ast
import inspect
import re
from configparser import ConfigParser
from importlib.resources import files
from typing import Any

import pytest

from fpcrawler import settings, tor
from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.core.file import formats
from fpcrawler.core.http import server_digests
from fpcrawler.core.http.digest_readers import DIGEST_BYTES
from fpcrawler.core.links import page as page_links
from fpcrawler.evaluation import text as evaluation_text
from fpcrawler.evaluation.retagging import EDITS
from fpcrawler.fleet.actions import ACTIONS
from fpcrawler.input.arguments import ARGUMENTS
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.tor.retry import RETRIES
from tests.commands import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOR = (ROOT / "docs" / "tor.md").read_text(encoding="utf-8")
SCRAPYD = (ROOT / "docs" / "scrapyd.md").read_text(encoding="utf-8")
EVALUATE = (ROOT / "docs" / "evaluate.md").read_text(encoding="utf-8")
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
    "DOWNLOAD_HANDLERS",
    "EXTENSIONS",
    "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT",
    "PLAYWRIGHT_LAUNCH_OPTIONS",
    "ITEM_PIPELINES",
    "FEEDS",
    "FEED_EXPORT_FIELDS",
    "FEED_EXPORTERS",
    "FEED_STORAGES",
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


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table that follows a header row."""
    _, _, rest = text.partition(f"| {heading} |")
    rows = []
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def code(cell: str) -> str:
    return cell.strip("`")


def test_the_settings_table_is_settings_py() -> None:
    told = {
        code(name): ast.literal_eval(code(default))
        for text in (README, FLEET)
        for name, default, _ in table(text, "setting")
    }
    real: dict[str, Any] = {
        name: getattr(settings, name)
        for name in dir(settings)
        if name.isupper() and name not in WIRING and name != "RECORD_FIELDS"
    }

    assert told == real


def test_every_argument_is_told() -> None:
    told = [code(row[0]).split("=")[0] for row in table(README, "argument")]

    assert told == [f"-a {name}" for name in ARGUMENTS]


def test_every_way_to_find_an_image_is_told() -> None:
    told = {
        name
        for row in table(DATA_FORMAT, "way")
        for name in re.findall(r"`([\w:-]+)`", row[0])
    }
    sources = "".join(
        (ROOT / "fpcrawler/core/links" / f"{name}.py").read_text(encoding="utf-8")
        for name in ("page", "found", "sitemaps")
    )

    assert all(f'"{name}"' in sources for name in told)
    assert {*page_links._META.values()} <= told


def test_every_word_of_the_fleet_is_told() -> None:
    told = [code(row[0]).split()[0] for row in table(FLEET, "word")]

    assert told == [*ACTIONS]


def test_every_exit_code_is_told() -> None:
    assert [int(row[0]) for row in table(README, "code")] == [*ExitCode]


def test_every_field_is_told_in_its_order() -> None:
    assert [code(row[0]) for row in table(DATA_FORMAT, "field")] == RECORD_FIELDS


def test_every_format_is_told() -> None:
    (row,) = (row for row in table(DATA_FORMAT, "field") if row[0] == "`format`")
    names = {name for _, name in (*formats._SIGNATURES, *formats._STRUCTURES)}

    assert {*re.findall(r"`(\w+)`", row[2])} == names | {*formats._BMFF_BRANDS.values()}


def test_every_kind_of_digest_is_told_in_its_order() -> None:
    (row,) = (r for r in table(DATA_FORMAT, "field") if r[0] == "`server_digests`")
    kinds = [*DIGEST_BYTES, *server_digests._CLAIMS.values()]

    assert re.findall(r"`(\w+)`", row[2]) == kinds


def test_every_header_that_tells_a_digest_is_told() -> None:
    _, _, section = DATA_FORMAT.partition("## Digests that servers tell")
    section, _, _ = section.partition("\n## ")
    told = {name.lower() for name in re.findall(r"`([\w-]+)[`:*]", section)}
    kinds = {f"x-amz-checksum-{kind}" for kind in DIGEST_BYTES}
    details = {"x-amz-checksum-type", "x-amz-storage-class", "x-rgw-object-type"}
    encryption = {n for n in server_digests.DIGEST_HEADERS if "encryption" in n}
    length = {"x-goog-stored-content-length", "x-ms-blob-type"}

    looked_at = {*server_digests.DIGEST_HEADERS}
    assert looked_at - told == kinds | details | encryption | length


def test_every_reason_of_ours_is_told() -> None:
    told = {
        code(name) for row in table(README, "reason") for name in row[0].split(", ")
    }
    ours = {
        name
        for path in (ROOT / "fpcrawler").rglob("*.py")
        for name in re.findall(
            r"class (\w+)\((?:DropItem|IgnoreRequest)\)|_fail\(request, \"(\w+)\"",
            path.read_text(encoding="utf-8"),
        )
        for name in name
        if name
    }

    assert len(ours) >= 8
    assert ours <= told


def test_every_failure_of_tor_is_told_with_its_further_tries() -> None:
    told = {code(row[0]): row[2] for row in table(TOR, "failure")}
    tries = {kind.__name__: retries for kind, retries in RETRIES.items()}
    kinds = {
        name
        for name, value in vars(tor).items()
        if isinstance(value, type) and value.__module__ == tor.__name__
        if value.__base__ is Exception
    }

    assert told.keys() == kinds
    assert told == {
        name: f"{tries[name].times} after {tries[name].delay:g} s"
        if name in tries
        else "0"
        for name in kinds
    }


def test_scrapyd_has_the_options_that_are_told() -> None:
    known, told = ConfigParser(), ConfigParser()
    known.read_string(files("scrapyd").joinpath("default_scrapyd.conf").read_text())
    told.read_string(re.findall(r"```ini\n(.*?)```", SCRAPYD, re.DOTALL)[0])

    assert {*told["scrapyd"]} <= {*known["scrapyd"]}


def test_every_edit_of_retagged_twins_is_told() -> None:
    told = [code(row[0].split("`")[1]) for row in table(EVALUATE, "twins")]

    assert told == [*EDITS]


def test_every_number_of_an_evaluation_is_told() -> None:
    rows = table(EVALUATE, "name")
    told = {name for row in rows for name in re.findall(r"`(\w+)`", " ".join(row))}
    told |= {*re.findall(r"`(\w+)`", EVALUATE.rpartition("A rate is")[2])}
    source = inspect.getsource(evaluation_text)
    names = {
        *re.findall(r'"(\w+)":', source),
        *re.findall(r'report\["(\w+)"\]', source),
    }

    assert len(names) > 25
    assert names <= told


def test_readme_is_short_and_in_order() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)

    assert len(README.splitlines()) <= 250
    assert headings == [
        "Two commands",
        "How it works",
        "Arguments",
        "Settings",
        "Output",
        "Tor",
        "Limits",
        "Develop",
    ]


@pytest.mark.parametrize(
    "path", sorted(path.name for path in ROOT.glob("requirements*.txt"))
)
def test_every_requirement_is_pinned(path: str) -> None:
    lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
    packages = [line for line in lines if line and not line.startswith("-r ")]

    assert all("==" in package for package in packages)
