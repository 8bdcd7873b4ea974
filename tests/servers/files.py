"""Serve a folder with ranges and ETags: ``python -m tests.servers.files FOLDER``."""

from __future__ import annotations

import mimetypes
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.servers.http import serving

if TYPE_CHECKING:
    from tests.servers.http import App, Asked, Wire


def folder(root: Path, *, has_ranges: bool = True, etag: str | None = None) -> App:
    """Return an app that serves the files below ``root``."""

    async def app(asked: Asked, wire: Wire) -> None:
        path = root / unquote(urlsplit(asked.path).path).lstrip("/")
        if not path.is_file():
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        body = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers: dict[str, str | int] = {"Content-Type": kind}
        if etag is not None:
            headers["ETag"] = etag
        span = asked.span if has_ranges else None
        if span is None:
            await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)
            return
        first, last = span[0], min(span[1], len(body) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        headers["Content-Length"] = last - first + 1
        await wire.reply("206 Partial Content", headers, body[first : last + 1])

    return app


if __name__ == "__main__":
    with serving(folder(Path(sys.argv[1]))) as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
