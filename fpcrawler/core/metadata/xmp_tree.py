"""The tree that mark-up of any quality is read into."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Element:
    """An element: its usual name such as ``dc:creator``, or ``{URI}name``."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """The prefixes that hold in an element, and the names they give."""

    declared: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Markup:
    """A document's tree; what was seen to be wrong with it, or too much."""

    root: Element = field(default_factory=lambda: Element(""))
    is_damaged: bool = False
    is_cut: bool = False

    def note_damage(self, *, is_damaged: bool = True) -> None:
        """Note what is wrong, unless it may come from a cut before it."""
        self.is_damaged |= is_damaged and not self.is_cut
