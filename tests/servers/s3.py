"""An S3 server, and a slow connection to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from moto.server import ThreadedMotoServer

from tests.servers.http import Asked, Wire, accepting, pump, serving

if TYPE_CHECKING:
    from botocore.config import Config

BUCKET = "feeds"
Environment = dict[str, str]


@contextmanager
def s3_server(
    bucket: str = BUCKET, address: str = "127.0.0.1"
) -> Iterator[Environment]:
    """Run a server with one bucket; yields the environment for clients."""
    server = ThreadedMotoServer(address, 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    env = {
        "AWS_ENDPOINT_URL": f"http://{address}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        client(env).create_bucket(Bucket=bucket)
        yield env
    finally:
        server.stop()


@contextmanager
def refusing() -> Iterator[Environment]:
    """Run a server that refuses all keys; yields the environment for clients."""

    async def refuse(_: Asked, wire: Wire) -> None:
        await wire.reply("403 Forbidden", {"Content-Length": 0})

    with serving(refuse) as server:
        yield {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


@contextmanager
def slow_connection(
    env: Environment, seconds: float
) -> Iterator[tuple[Environment, list[float]]]:
    """Delay each connection; yields the environment and the times of connections."""
    target = urlsplit(env["AWS_ENDPOINT_URL"])
    connected_at: list[float] = []

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connected_at.append(asyncio.get_running_loop().time())
        async with AsyncExitStack() as stack:
            stack.callback(writer.close)
            await asyncio.sleep(seconds)
            source, sink = await asyncio.open_connection(target.hostname, target.port)
            stack.callback(sink.close)
            both = (pump(reader, sink), pump(source, writer))
            await asyncio.gather(*both, return_exceptions=True)  # clients are killed

    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with accepting(listener, connected):
        yield {**env, "AWS_ENDPOINT_URL": url}, connected_at


@contextmanager
def refusing_writes(env: Environment, part: str) -> Iterator[Environment]:
    """Stand before the server; answer 403 to each write whose path has ``part``."""
    target = urlsplit(env["AWS_ENDPOINT_URL"])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.command == "PUT" and part in self.path:
                self.send_error(403, "AccessDenied")
                return
            server = HTTPConnection(target.netloc)
            with closing(server):
                headers = {**self.headers, "Connection": "close"}
                server.request(self.command, self.path, body, headers)
                reply = server.getresponse()
                content = reply.read()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    for method in ("GET", "HEAD", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {**env, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
        finally:
            server.shutdown()


def client(env: Environment, config: Config | None = None) -> Any:
    """Return a client for the S3 server of an environment."""
    return boto3.client(
        "s3",
        config=config,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        region_name=env["AWS_DEFAULT_REGION"],
    )


def objects(env: Environment, prefix: str) -> dict[str, bytes]:
    """Return the objects below a prefix: rest of the key to body."""
    s3 = client(env)
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {
        each["Key"].removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=each["Key"])[
            "Body"
        ].read()
        for each in found
    }
