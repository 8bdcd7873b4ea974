"""Read a claim and its actions from decoded CBOR (C2PA 2.2, "Claims", "Actions")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.pictures import without_picture
from fpcrawler.core.metadata.plain_text import safe, shortened

if TYPE_CHECKING:
    from fpcrawler.core.metadata.cbor import Cbor

MAX_TEXT_CHARS = 500
"""A longer text is cut and then has one character more: the mark of the cut."""

# Claims before version 2 have one list.
_ASSERTION_LISTS = ("assertions", "created_assertions", "gathered_assertions")

# C2PA 2.2, "Versioning" and "Multiple Instances" of assertions: .v2 and then __1.
_ACTIONS = re.compile(r"c2pa\.actions(\.v\d+)?(__\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What was done, such as ``c2pa.created``; with which source type and software."""

    action: str
    digital_source_type: str | None = None
    software_agent: str | None = None

    @property
    def texts(self) -> tuple[str | None, ...]:
        """All texts of the action."""
        return self.action, self.digital_source_type, self.software_agent


def is_actions(label: str) -> bool:
    """Return whether an assertion with this label lists actions."""
    return bool(_ACTIONS.fullmatch(label))


def generator_of(claim: Cbor) -> str | None:
    """Return name and version of the software that made the claim.

    Version 1 of a claim may have a list of them. It always has a text in the form of
    ``User-Agent``, too, which is returned if there is no name.
    """
    info = _field(claim, "claim_generator_info")
    first = info[0] if isinstance(info, list) and info else info
    return _product(first) or _text(_field(claim, "claim_generator"))


def assertions_of(claim: Cbor) -> frozenset[str]:
    """Return the labels of the assertions that the claim refers to.

    C2PA 2.2, "URI References": ``self#jumbf=c2pa.assertions/LABEL``.
    """
    urls = (
        _field(reference, "url")
        for name in _ASSERTION_LISTS
        for reference in _items(_field(claim, name))
    )
    return frozenset(url.rpartition("/")[2] for url in urls if isinstance(url, str))


def actions_of(assertion: Cbor) -> Iterator[Action]:
    """Yield the actions that have a name, in order.

    ``softwareAgent`` is a text in version 1. In version 2 it is a map with name and
    version, or ``softwareAgentIndex`` counts in the list ``softwareAgents``.
    """
    agents = [_product(agent) for agent in _items(_field(assertion, "softwareAgents"))]
    for item in _items(_field(assertion, "actions")):
        name = _text(_field(item, "action"))
        if not name:
            continue
        agent, index = _field(item, "softwareAgent"), _field(item, "softwareAgentIndex")
        product = _product(agent)
        if product is None and isinstance(index, int) and 0 <= index < len(agents):
            product = agents[index]
        yield Action(
            action=name,
            digital_source_type=_text(_field(item, "digitalSourceType")),
            software_agent=product,
        )


def _product(value: Cbor) -> str | None:
    if isinstance(value, str):
        return _text(value)
    parts = (_text(_field(value, "name")), _text(_field(value, "version")))
    return _text(" ".join(part for part in parts if part)) if parts[0] else None


def _text(value: Cbor) -> str | None:
    if not isinstance(value, str):
        return None
    return shortened(safe(without_picture(value)), MAX_TEXT_CHARS) or None


def _field(value: Cbor, name: str) -> Cbor:
    return value.get(name) if isinstance(value, dict) else None


def _items(value: Cbor) -> list[Cbor]:
    return value if isinstance(value, list) else []
