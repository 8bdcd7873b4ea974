"""Write values from the web as text of XML documents, part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol, cast

from lxml import etree

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

# XML 1.0 section 2.2, Char: what is not in it cannot be written, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document(Protocol):
    """An XML document that is being written."""

    def element(
        self,
        tag: str,
        attrib: Mapping[str, str] | None = None,
        nsmap: Mapping[str | None, str] | None = None,
    ) -> AbstractContextManager[None]:
        """Write the tags of an element around what the body writes."""

    def write(self, element: etree._Element) -> None:
        """Write a whole element."""


@contextmanager
def xml_document(
    file: IO[bytes], tag: str, attributes: Mapping[str, str]
) -> Iterator[Document]:
    """Write the declaration and the root element around what the body writes.

    ``tag``: with its namespace, which becomes the default one.
    """
    names: Mapping[str | None, str] = {None: etree.QName(tag).namespace or ""}
    with etree.xmlfile(file, encoding="utf-8") as opened:
        opened.write_declaration()
        document = cast("Document", opened)
        with document.element(tag, attributes, names):
            yield document


def xml_text(value: object) -> str:
    """Return a value as text; characters that XML does not allow become U+FFFD."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("\ufffd", str(value))
