"""The spider arguments of the command line: ``-a NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fpcrawler.core.links.scope import BadScope, Scope
from fpcrawler.errors import BadInput

_JOINED = "urls"
"""The only argument that can be repeated: its words are separated by spaces."""


def read_arguments(pairs: Iterable[str]) -> dict[str, str]:
    """Return argument to value; repeated ``urls`` are joined; raises BadInput."""
    arguments: dict[str, str] = {}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair:
            raise BadInput(f"-a {pair} has no value; use -a NAME=VALUE.")
        if name == _JOINED and name in arguments:
            value = f"{arguments[name]} {value}"
        elif name in arguments:
            raise BadInput(
                f"-a {name} is given twice, as {arguments[name]!r} and as {value!r}; "
                "give it once."
            )
        arguments[name] = value
    return arguments


LIST_ARGUMENTS = ("urls", "urls_file", "folder")

SCOPE_ARGUMENTS = ("depth", "allow", "deny", "max_pages", "max_images_per_page")

ARGUMENTS = (*LIST_ARGUMENTS, *SCOPE_ARGUMENTS, "resume", "verify")


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a spider argument that is unknown, empty or malformed."""
    for name, value in arguments.items():
        # Scrapyd adds `_job`; such names do not come from the user.
        if name.startswith("_"):
            continue
        if name not in ARGUMENTS:
            known = ", ".join(f"-a {known}=…" for known in ARGUMENTS)
            raise BadInput(f"-a {name}={value} is not an argument; use {known}.")
        if not value.strip():
            raise BadInput(f"-a {name}= is empty; give it a value or leave it out.")
    try:
        Scope.parse(arguments)
    except BadScope as error:
        raise BadInput(str(error)) from None
