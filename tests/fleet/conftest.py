from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from tests.servers.fleet import client_of
from tests.servers.pictures import pictures
from tests.servers.quirks import GALLERY
from tests.servers.redis import RedisServer, redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    """Run a server that speaks S3; gives the environment that leads to it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    env = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client_of(env).create_bucket(Bucket="fleet")
    yield env
    server.stop()
