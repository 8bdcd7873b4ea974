"""The project as an egg on a real Scrapyd, only through its HTTP API."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.commands import ROOT
from tests.crawls import run_crawl
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY, app
from tests.servers.s3 import client, s3_server
from tests.servers.scrapyd import PASSWORD, USERNAME, Scrapyd, outside, scrapyd
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.http import Server

DEPLOY = str(Path(sys.executable).with_name("scrapyd-deploy"))
TREE = ("setup.py", "pyproject.toml", "scrapy.cfg", "requirements.txt", "README.md")
NAMES = ("harbour.jpg", "summit.jpg")
MAX_ARGUMENT = 131_072
"""Bytes of one argument of a program, with its name and final zero (Linux)."""

pytestmark = pytest.mark.skipif(
    not Path(DEPLOY).exists(), reason="scrapyd-client is not installed"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources of an egg, as building leaves files."""
    tree = tmp_path_factory.mktemp("tree")
    for name in TREE:
        shutil.copy(ROOT / name, tree)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fpcrawler", tree / "fpcrawler", ignore=ignored)
    return tree


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with s3_server("lists") as env:
        yield env


@pytest.fixture(scope="module")
def daemon(
    tree: Path, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scrapyd]:
    """Deploy this tree to a Scrapyd that has never seen it."""
    home = tmp_path_factory.mktemp("scrapyd") / "home"
    with scrapyd(home, items_dir="items", env=s3) as daemon:
        config = (tree / "scrapy.cfg").read_text()
        assert "http://127.0.0.1:6800/" in config
        deployed = config.replace("http://127.0.0.1:6800/", f"{daemon.url}/")
        (tree / "scrapy.cfg").write_text(deployed)
        reply = deploy(tree, "-v", "1")
        assert reply == {"status": "ok", "spiders": 1} | reply
        yield daemon


def deploy(tree: Path, *arguments: str) -> dict[str, Any]:
    """Run scrapyd-deploy; return the reply of Scrapyd."""
    environment = outside() | {
        "SCRAPYD_USERNAME": USERNAME,
        "SCRAPYD_PASSWORD": PASSWORD,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
    }
    child = subprocess.run(
        [DEPLOY, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(json.loads(child.stdout or "{}"))


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    with serving(folder(GALLERY)) as server:
        yield server


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list, and the records that ``scrapy crawl`` makes from it."""

    text: str
    path: Path
    records: list[dict[str, Any]]


@pytest.fixture(scope="module")
def listed(site: Server, tmp_path_factory: pytest.TempPathFactory) -> Listed:
    home = tmp_path_factory.mktemp("list")
    text = "".join(f"{site.url}/{name}\n" for name in NAMES)
    path = home / "list.txt"
    path.write_text(text)
    crawled = run_crawl(home, "-a", f"urls_file={path}")
    assert len(crawled.records) == len(NAMES)
    return Listed(text=text, path=path, records=comparable(crawled.records))


def comparable(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    undated = [{**record, "timestamp": ""} for record in records]
    return sorted(undated, key=lambda record: str(record["url"]))


def test_the_egg_has_all_files_of_the_package(daemon: Scrapyd) -> None:
    """Also files other than Python, which importlib.resources reads."""
    (egg,) = daemon.home.rglob("*.egg")
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "fpcrawler").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files <= {*zipfile.ZipFile(egg).namelist()}


def test_nobody_gets_in_without_the_password(daemon: Scrapyd) -> None:
    assert (
        requests.get(f"{daemon.url}/listprojects.json", timeout=60).status_code == 401
    )


def test_projects_versions_and_spiders_are_listed(daemon: Scrapyd) -> None:
    assert daemon.get("listprojects")["projects"] == ["fpcrawler"]
    assert daemon.get("listversions", project="fpcrawler")["versions"] == ["1"]
    assert daemon.get("listspiders", project="fpcrawler")["spiders"] == ["images"]


def test_a_list_may_come_from_anywhere(
    daemon: Scrapyd, listed: Listed, s3: dict[str, str]
) -> None:
    text = listed.text.encode()
    client(s3).put_object(Bucket="lists", Key="urls.txt", Body=text)
    encoded = b64encode(listed.text.encode()).decode()
    with serving(folder(listed.path.parent)) as lists:
        uris = (
            f"{lists.url}/{listed.path.name}",
            f"data:text/plain;base64,{encoded}",
            "s3://lists/urls.txt",
        )
        # A list from elsewhere must not lead to this machine, where the images are.
        allow = "PRIVATE_ADDRESSES=allow"
        jobs = [daemon.schedule(urls_file=uri, setting=allow) for uri in uris]
        logs = [daemon.log(job) for job in jobs]

    for job, log in zip(jobs, logs, strict=True):
        assert comparable(daemon.items(job)) == listed.records
        assert "images  2 found: 2 kept" in log
        assert log.endswith("exit    0 (finished)\n")


def test_bad_input_is_reported_in_the_jobs_log(daemon: Scrapyd) -> None:
    message, ending = daemon.log(daemon.schedule(url="http://x/")).splitlines()

    assert message.startswith("scrapy crawl: -a url=http://x/ is not an argument")
    assert ending == "exit    1 (bad_input)"


def test_jobs_to_keep_deletes_older_items(daemon: Scrapyd) -> None:
    """The next job deletes all but five; docs/scrapyd.md warns of it."""
    items = daemon.home / "items" / "fpcrawler" / "images"
    items.mkdir(parents=True, exist_ok=True)
    old = [items / f"old-{number}.jl" for number in range(6)]
    for path in old:
        path.touch()
        os.utime(path, (0, 0))
    daemon.job(daemon.schedule(), "finished")

    assert not all(path.exists() for path in old)
    assert len([*items.iterdir()]) == 5


def has_items(daemon: Scrapyd, job: str) -> bool:
    url = daemon.job(job, "running")["items_url"]
    return bool(url and daemon.text(url))


def test_a_cancelled_job_keeps_its_records(daemon: Scrapyd, site: Server) -> None:
    with serving(app) as server:
        values = {
            "urls": f"{site.url}/harbour.jpg {server.url}/silent.jpg",
            "setting": "DOWNLOAD_TIMEOUT=2",
        }
        jobs = {signal: daemon.schedule(**values) for signal in ("TERM", "INT")}
        waiting = daemon.schedule(**values)
        for job in jobs.values():
            wait_until(partial(has_items, daemon, job), every=0.05)
        replies = [daemon.post("cancel", job=waiting)]
        replies += [
            daemon.post("cancel", job=job, signal=name) for name, job in jobs.items()
        ]
        logs = [daemon.log(job) for job in jobs.values()]

    states = [reply["prevstate"] for reply in replies]
    assert states == ["pending", "running", "running"]
    for job, log in zip(jobs.values(), logs, strict=True):
        assert log.endswith("exit    3 (stopped)\n")
        assert [record["url"] for record in daemon.items(job)] == [
            f"{site.url}/harbour.jpg"
        ]


def test_own_feeds_are_named_for_the_job_on_this_disk_and_on_s3(
    daemon: Scrapyd, listed: Listed, s3: dict[str, str], tmp_path: Path
) -> None:
    """If Scrapyd has no ``items_dir``, which would replace FEEDS."""
    (egg,) = daemon.home.rglob("*.egg")
    places = (f"{tmp_path}/%(_job)s.json", "s3://lists/%(_job)s.json")
    feeds = {place: {"format": "json"} for place in places}
    with scrapyd(tmp_path / "home", env=s3) as other:
        other.post("addversion", version="1", egg=egg.read_bytes())
        job = other.schedule(
            urls_file=listed.path.as_uri(), setting=f"FEEDS={json.dumps(feeds)}"
        )
        log = other.log(job)

    assert log.endswith("exit    0 (finished)\n")
    records = json.loads((tmp_path / f"{job}.json").read_text())
    assert comparable(records) == listed.records
    stored = client(s3).get_object(Bucket="lists", Key=f"{job}.json")["Body"].read()
    assert json.loads(stored) == records


def test_a_drained_scrapyd_runs_nothing_and_one_that_is_not_leaves_orphans(
    daemon: Scrapyd, site: Server, tmp_path: Path
) -> None:
    """By the commands of docs/scrapyd.md."""
    (egg,) = daemon.home.rglob("*.egg")
    with serving(app) as server:
        values = {
            "urls": f"{site.url}/harbour.jpg {server.url}/silent.jpg",
            "setting": "DOWNLOAD_TIMEOUT=3",
        }
        with scrapyd(tmp_path / "home") as other:
            other.post("addversion", version="1", egg=egg.read_bytes())
            running = [other.schedule(**values) for _ in range(2)]
            for job in running:
                other.job(job, "running")
            pending = other.schedule(**values)
            drain(other, tmp_path)
            known = other.get("listjobs", project="fpcrawler")
            logs = [other.log(job) for job in running]
            orphan = other.schedule(**values)
            other.job(orphan, "running")
        log = tmp_path / "home" / "logs" / "fpcrawler" / "images" / f"{orphan}.log"
        wait_until(lambda: log.exists() and "exit    " in log.read_text())

    (saved,) = json.loads((tmp_path / "jobs.json").read_text())["pending"]
    assert (saved["id"], saved["args"]) == (pending, {"urls": values["urls"]})
    assert [known[state] for state in ("pending", "running")] == [[], []]
    assert all(text.endswith("exit    0 (finished)\n") for text in logs)
    assert log.read_text().endswith("exit    0 (finished)\n")


def drain(daemon: Scrapyd, cwd: Path) -> None:
    """Run the definition of ``ask`` and the commands before a restart."""
    text = (ROOT / "docs" / "scrapyd.md").read_text(encoding="utf-8")
    ask, at = re.search(r"^(ask\(\) .*)\nat=(.*)$", text, re.MULTILINE).groups()  # type: ignore[union-attr]
    drained = re.search(r"## Before a restart.*?```sh\n(.*?)```", text, re.DOTALL)
    assert at == "http://127.0.0.1:6800"
    assert drained
    login = {"SCRAPYD_USERNAME": USERNAME, "SCRAPYD_PASSWORD": PASSWORD}
    subprocess.run(
        ["bash", "-c", f"{ask}\nat={daemon.url}\n{drained[1]}"],
        cwd=cwd,
        env=outside() | login,
        check=True,
        timeout=60,
    )


def test_urls_above_128_kib_make_the_job_vanish(daemon: Scrapyd, site: Server) -> None:
    """Linux refuses such long arguments; ``urls_file`` has no such limit."""
    word = f"{site.url}/harbour.jpg "
    room = MAX_ARGUMENT - len("urls=") - 1
    longest = (word * (room // len(word))).ljust(room, " ")
    last = daemon.schedule(urls=longest)
    too_long = daemon.schedule(urls=longest + " ")

    assert "images  " in daemon.log(last)
    wait_until(lambda: not daemon.get("daemonstatus")["pending"], every=0.2)
    known = daemon.get("listjobs", project="fpcrawler")
    jobs = {job["id"] for state in ("pending", "running") for job in known[state]}
    assert too_long not in jobs | {job["id"] for job in known["finished"]}
    assert not [*daemon.home.rglob(f"{too_long}.*")]
