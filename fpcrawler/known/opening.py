"""How messages call a known list."""

from __future__ import annotations

from fpcrawler.tables.opening import Wording

LIST = Wording(
    kind="list",
    prefix="known list ",
    gzip="download it again.",
    json="complete JSON; correct it.",
)
