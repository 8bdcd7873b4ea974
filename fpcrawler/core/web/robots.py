"""Find out which groups of a robots.txt are for us (RFC 9309 section 2.2.1)."""

from __future__ import annotations

import re

_USER_AGENT = re.compile(
    r"\s*user(?:-|\s+)?agent(?:\s*:|\s|$)\s*(?P<value>.*)", re.IGNORECASE | re.DOTALL
)
_TOKEN = re.compile(r"[A-Za-z_-]*")

_OTHER = "\N{EMPTY SET}"
"""Stands for all other crawlers: no user agent has this letter in its name."""


def product_token(name: str) -> str:
    """Return what counts of the name of a crawler, in lower case; it can be ""."""
    found = _TOKEN.match(name.strip())
    return found[0].lower() if found else ""


def addressed_to(agent: str, robots: bytes) -> bytes:
    """Return a robots.txt in which each user agent is ``agent``, ``*`` or another.

    Section 2.2.1: the product token of a group has to be equal to ours, without regard
    to case. Protego takes each group whose text is a part of our name, as ``f``, and
    none with a version, as ``fpcrawler/1.0``. ``agent``: the name that it will be asked
    for.
    """
    lines = robots.decode("utf-8-sig", "ignore").splitlines()
    return "\n".join(_rewritten(line, agent) for line in lines).encode()


def _rewritten(line: str, agent: str) -> str:
    found = _USER_AGENT.fullmatch(line.partition("#")[0])
    value = found["value"].strip() if found else ""
    if not value or value.split()[0] == "*":
        return line
    token = product_token(value)
    is_ours = bool(token) and token == product_token(agent)
    return f"User-agent: {token if is_ours else _OTHER}"
