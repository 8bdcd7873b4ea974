"""Join the modules of the page to one script, as a file has no folder to load from."""

from __future__ import annotations

import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |const|function|class))", re.MULTILINE)


def bundled(modules: Mapping[str, str], first: str) -> str:
    """Return the module ``first`` and all that it imports, in one scope.

    ``modules``: name to source. What is imported comes first; each name at the top of
    a module has to be the only one of its kind, which the browser checks.
    """
    order: dict[str, str] = {}
    _collect(modules, first, order)
    return "\n".join(order.values())


def _collect(modules: Mapping[str, str], name: str, order: dict[str, str]) -> None:
    if name in order:
        return
    order[name] = ""  # so that a circle ends
    source = modules[name]
    for imported in _IMPORT.findall(source):
        _collect(modules, imported, order)
    # A dictionary keeps the order of insertion: what is imported goes before.
    del order[name]
    order[name] = _EXPORT.sub("", _IMPORT.sub("", source)).strip() + "\n"
