"""Read mark-up of any quality into a tree of bounded size.

libxml2 and expat stop at the first error, or drop what follows it, and need guards
against entities, deep nesting and many attributes. This reader has no entities, no
document types and no addresses: it cannot load anything. It reads each character a
bounded number of times, and never raises.
"""

from __future__ import annotations

import itertools
import re

from fpcrawler.core.metadata.limits import MarkupLimits
from fpcrawler.core.metadata.xmp_names import USUAL_PREFIXES, usual_prefix
from fpcrawler.core.metadata.xmp_tree import Element, Markup, Scope

MAX_DEPTH = 64
MAX_NAME_CHARS = 100
MAX_URI_CHARS = 200
_MAX_DECLARATIONS = 500

# The branches begin with different characters and give nothing back. Spaces are
# listed, as XML 1.0 section 2.3 does: ``\s`` asks for each character's category.
_NAME = r"""[A-Za-z_:\x80-\U0010ffff][^ \t\r\n<>"'=/]*+"""
_TAG = re.compile(
    rf"""<(/?)({_NAME}(?:/(?!>)[^ \t\r\n<>"'=/]*+)*+)"""
    r"""((?:[^<>"'/]++|"[^"]*+"|'[^']*+'|/(?!>))*+)(/?)>"""
)
_BROKEN_TAG = re.compile(rf"<(/?)({_NAME})((?:[^<>/]++|/(?!>))*+)(/?)>?")
_ATTRIBUTE = re.compile(
    r"""[ \t\r\n]*+(?:([^ \t\r\n=<>"']++)[ \t\r\n]*+=[ \t\r\n]*+"""
    r"""(?:"([^"]*+)"|'([^']*+)')|[^ \t\r\n]++)"""
)
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|(\w{1,20}));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
# XML 1.0 section 2.2, Char: neither most control characters nor surrogates.
_NOT_A_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACED = dict.fromkeys([*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD)
_REPLACED |= {ord(space): ord(space) for space in "\t\n\r"}
_NOT_A_NAME = re.compile(r"[^\w.\-]")
_SPECIAL = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))


def read_markup(
    text: str, limits: MarkupLimits | None = None, *, is_cut: bool = False
) -> Markup:
    """Return the tree of all elements in a text, however they are nested.

    ``is_cut``: the text breaks off at a limit, which is not damage.
    """
    reader = _Reader(text, limits or MarkupLimits(), Markup(is_cut=is_cut))
    reader.read()
    return reader.markup


class _Reader:
    def __init__(self, text: str, limits: MarkupLimits, markup: Markup) -> None:
        self.text = text
        self.limits = limits
        self.markup = markup
        self.open: list[tuple[str, Element, Scope]] = [
            ("", self.markup.root, Scope({"xml": "xml:"}))
        ]
        self.too_deep = 0
        self.prefixes: dict[str, str] = {}  # of unknown namespaces, to their URI

    def read(self) -> None:
        text, at = self.text, 0
        while self.limits.marks > 0:
            self.limits.marks -= 1
            if (tag := text.find("<", at)) < 0:
                self.add(text[at:])
                self.markup.note_damage(is_damaged=len(self.open) > 1)
                return
            if tag > at and not (chars := text[at:tag]).isspace():
                self.add(chars)
            if match := _TAG.match(text, tag):
                at = match.end()
            elif text.startswith(("<!", "<?"), tag):
                at = self.special(tag)
                continue
            else:
                self.markup.note_damage()
                match = _BROKEN_TAG.match(text, tag)
                at = match.end() if match else tag + 1
            if match is None:
                self.add("<")
            elif match[1]:
                self.end(match[2])
            else:
                self.start(match)
        self.markup.is_cut = True

    def start(self, match: re.Match[str]) -> None:
        if len(self.open) > MAX_DEPTH:
            self.markup.is_cut = True
            self.too_deep += not match[4]
            return
        scope = self.open[-1][2]
        attributes: list[tuple[str, str]] = []
        if len(match[3]) > 1:
            attributes = self.attribute_list(match[3])
            if attributes and "xmlns" in match[3]:
                scope = self.declare(scope, attributes)
        names = scope.names
        element = Element(names.get(match[2]) or self.name(match[2], scope))
        for name, value in attributes:
            # XML namespaces section 6.2: the default namespace is not for attributes.
            if ":" in name and not name.startswith("xmlns:"):
                usual = names.get(name) or self.name(name, scope)
                element.attributes.setdefault(usual, value)
        self.open[-1][1].children.append(element)
        if not match[4]:
            self.open.append((match[2], element, scope))

    def end(self, name: str) -> None:
        """Close the element of this name, and those in it that were left open."""
        if self.too_deep:
            self.too_deep -= 1
            return
        if self.open[-1][0] == name:
            self.open.pop()
            return
        self.markup.note_damage()
        names = [opened for opened, _, _ in self.open]
        if name in names:
            del self.open[len(names) - 1 - names[::-1].index(name) :]

    def special(self, tag: int) -> int:
        """Skip a comment, instruction or declaration; return where it ends."""
        opening, closing = next(s for s in _SPECIAL if self.text.startswith(s[0], tag))
        start = tag + len(opening)
        end = self.text.find(closing, start)
        if end < 0:
            self.markup.note_damage()
            return len(self.text)
        if opening == "<![CDATA[":
            self.add(self.text[start:end], is_escaped=False)
        return end + len(closing)

    def add(self, chars: str, *, is_escaped: bool = True) -> None:
        if len(self.open) > 1 and not self.too_deep:
            text = self.plain(chars) if is_escaped else self.allowed(chars)
            self.open[-1][1].texts.append(text)
        elif self.markup.root.children and chars.strip("\0 \t\r\n\ufeff"):
            self.markup.note_damage()  # the residue of another packet

    def attribute_list(self, source: str) -> list[tuple[str, str]]:
        left = self.limits.attributes
        matches = list(itertools.islice(_ATTRIBUTE.finditer(source.rstrip()), left + 1))
        if len(matches) > left:
            self.markup.is_cut = True
        self.limits.attributes -= min(len(matches), left)
        found = [
            (name, self.plain(single if double is None else double))
            for name, double, single in [match.groups() for match in matches[:left]]
            if name
        ]
        self.markup.note_damage(is_damaged=len(found) < len(matches[:left]))
        return found

    def declare(self, scope: Scope, attributes: list[tuple[str, str]]) -> Scope:
        declared = dict(scope.declared)
        for name, uri in attributes:
            if name != "xmlns" and not name.startswith("xmlns:"):
                continue
            if len(declared) >= _MAX_DECLARATIONS:
                self.markup.is_cut = True
                break
            prefix = name[6:]
            declared[prefix] = self.shown(prefix, uri)
        return Scope(declared)

    def shown(self, prefix: str, uri: str) -> str:
        """Return how names of a namespace begin.

        An unknown one has the document's prefix, unless that is the usual prefix of
        another namespace, or that of another in this document; else its URI.
        """
        if usual := usual_prefix(uri, prefix):
            return f"{usual}:"
        is_free = prefix and prefix not in USUAL_PREFIXES
        if is_free and self.prefixes.setdefault(prefix, uri) == uri:
            return f"{_NOT_A_NAME.sub('_', prefix[:MAX_NAME_CHARS])}:"
        return f"{{{uri[:MAX_URI_CHARS]}}}"

    def name(self, source: str, scope: Scope) -> str:
        prefix, colon, local = source.rpartition(":")
        # isalnum is true of nearly all names, and faster.
        if not local.isalnum() and _NOT_A_NAME.search(local):
            self.markup.note_damage()
            local = _NOT_A_NAME.sub("_", local)
        if len(local) > MAX_NAME_CHARS:
            self.markup.is_cut = True
            local = local[:MAX_NAME_CHARS]
        opening = scope.declared.get(prefix, "")
        if colon and not opening:
            self.markup.note_damage()  # undeclared, but nearly always the usual one
            opening = f"{_NOT_A_NAME.sub('_', prefix[:MAX_NAME_CHARS])}:"
        return scope.names.setdefault(source, opening + local)

    def plain(self, source: str) -> str:
        """Return the text with its character references replaced."""
        if "&" in source:
            count = source.count("&")
            if count > self.limits.references:
                self.markup.is_cut = True
                source = source[: self.limits.references]
            self.limits.references -= min(count, self.limits.references)
            source = _REFERENCE.sub(self.referenced, source)
        return self.allowed(source)

    def allowed(self, text: str) -> str:
        if text.isprintable() or not _NOT_A_CHARACTER.search(text):
            return text
        self.markup.note_damage()
        return text.translate(_REPLACED)

    def referenced(self, match: re.Match[str]) -> str:
        if match[3]:
            self.markup.note_damage(is_damaged=match[3] not in _ENTITIES)
            return _ENTITIES.get(match[3], match[0])
        code = int(match[1], 16) if match[1] else int(match[2])
        return chr(code) if 0 < code < 0x110000 else "\ufffd"  # noqa: PLR2004
