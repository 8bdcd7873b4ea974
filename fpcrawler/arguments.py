"""Arguments of the spider, as a command line gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.checks import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOINED = "urls"
"""What may be given again: it has spaces between its words. A path may have them."""


def read_arguments(pairs: Iterable[str]) -> dict[str, str]:
    """Return what ``-a NAME=VALUE`` gave, ``urls`` joined; raises BadInput."""
    arguments: dict[str, str] = {}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair:
            message = f"-a {pair} has no value; use -a NAME=VALUE."
            raise BadInput(message)
        if name == _JOINED and name in arguments:
            value = f"{arguments[name]} {value}"
        elif name in arguments:
            message = (
                f"-a {name} is given twice, as {arguments[name]!r} and as {value!r}; "
                "give it once."
            )
            raise BadInput(message)
        arguments[name] = value
    return arguments
