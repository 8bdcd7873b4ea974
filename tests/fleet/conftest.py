from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

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
