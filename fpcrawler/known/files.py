"""Find known lists on this disk or at stdin, and recognise their form."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFormat, check_file, expanded
from fpcrawler.input.known_names import named_list
from fpcrawler.known.forms import BINARY, TEXTS
from fpcrawler.known.looks import look_of, unlike_a_list
from fpcrawler.known.opening import LIST, naming_stdin
from fpcrawler.known.rows import Form, Head, Holder, Layout, ListFile
from fpcrawler.tables.opening import head_of

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import KnownSet

STDIN = "-"
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16


def find_lists(arguments: Sequence[str]) -> list[ListFile]:
    """Return the lists that arguments name, each once; raises BadInput.

    An argument is a path, a glob or ``-`` for stdin; after it may stand ``=good`` or
    ``=bad``, which says what a file on the list is.
    """
    found: dict[Path, tuple[Path, KnownSet | None]] = {}
    for argument in arguments:
        name, given = named_list(argument)
        for path in [Path(STDIN)] if name == STDIN else expanded([name]):
            # The same file may be named in two ways.
            key = path if name == STDIN else path.resolve()
            first, before = found.get(key, (path, None))
            if before and given and before != given:
                raise BadInput(f"known list {name} is given =good and =bad; name one.")
            found[key] = first, before or given
    stdin = found.pop(Path(STDIN), None)
    names = Counter(path.name for path, _ in found.values())
    lists = [
        _list_file(path, path.name if names[path.name] == 1 else str(path), given)
        for path, given in found.values()
    ]
    return [*lists, *([_stdin(stdin[1])] if stdin else [])]


def _stdin(given: KnownSet | None) -> ListFile:
    """Return the list at stdin, copied because it is read twice; raises BadInput."""
    if sys.stdin is None or sys.stdin.isatty():
        raise BadInput("known list - is stdin, which is a terminal; pipe a list to it.")
    holder = Holder()
    path = holder.folder / "stdin"
    with path.open("wb") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
    with naming_stdin(path):
        return _list_file(path, STDIN, given, holder)


def _list_file(
    path: Path,
    name: str,
    given: KnownSet | None,
    holder: Holder | None = None,
) -> ListFile:
    check_file(path, "known list")
    is_gzipped = head_of(path, LIST).startswith(_GZIP)
    data = head_of(path, LIST, is_gzipped=is_gzipped)
    encoding = "utf-16" if data.startswith(_BYTE_ORDER_MARKS) else "utf-8"
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    form, layout = _form_of(path, Head(data, text), is_gzipped=is_gzipped)
    return ListFile(
        name=name,
        path=path,
        given=given,
        holder=holder,
        is_gzipped=is_gzipped,
        encoding=encoding,
        form=form,
        layout=layout,
        format=layout.format,
        # A line of a bare list is one cell.
        header=() if layout.format is FeedFormat.BARE else layout.header,
        has_header=layout.has_header,
        delimiter=layout.delimiter,
        skip=layout.skip,
    )


def _form_of(path: Path, head: Head, *, is_gzipped: bool) -> tuple[Form, Layout]:
    """Return the form by the first bytes, never by the name; raises BadInput."""
    for form in BINARY:
        if layout := form.layout_of(head):
            if is_gzipped:
                raise BadInput(
                    f"known list {path} is gzipped {form.name}, which is read in "
                    "place; decompress it."
                )
            return form, layout
    is_text = "\0" not in head.text
    layouts = ((form, form.layout_of(head)) for form in TEXTS)
    found = next((each for each in layouts if is_text and each[1]), None)
    if found is None or found[0] is TEXTS[-1]:
        look = look_of(head.data, head.text)
        if look is not None:
            raise unlike_a_list(path, look)
    if found is None:
        raise BadInput(f"known list {path} is not text; name another list.")
    form, layout = found
    return form, layout or Layout()
