"""curl with as many connections: what the requests alone cost, without reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.race.heat import HEAD

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat


def command(heat: Heat) -> list[str] | None:
    """Return the command; None for pages."""
    if heat.are_pages:
        return None
    config = heat.folder / "curl.conf"
    with config.open("w") as file:
        for url in heat.urls_file.read_text().split():
            file.write(f'url = "{url}"\noutput = /dev/null\n')
    first = HEAD.removeprefix("bytes=")
    at_once = str(heat.connections)
    return ["curl", "-sZ", "--parallel-max", at_once, "-r", first, "-K", str(config)]
