from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator

import pytest
from scrapy.cmdline import execute

from tests.servers.fleet import Ended, FleetHere
from tests.servers.pictures import pictures
from tests.servers.quirks import GALLERY
from tests.servers.redis import RedisServer, redis_server
from tests.servers.s3 import s3_server


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    with redis_server(tmp_path_factory.mktemp("redis") / "data") as server:
        yield server


@pytest.fixture
def fleet_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[FleetHere]:
    """Run ``scrapy fleet ARGUMENT…`` in this process, without the start of another."""
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "fpcrawler.settings")
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            execute(["scrapy", "fleet", *arguments])
        return Ended(ended.value.code, *capsys.readouterr())

    yield run
    for number, handler in before.items():  # a crawl or a run has its own
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a photograph under every name at every address of this machine."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    home = tmp_path_factory.mktemp("pictures") / "nginx"
    with pictures(home, GALLERY / "meadow-400.jpg") as port:
        yield port


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with s3_server("fleet") as env:
        yield env
