"""The spider arguments of the command line: ``-a NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from fpcrawler.core.links.scope import MAX_IMAGES_PER_PAGE, BadScope, Scope
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

ARGUMENTS = {
    "urls": ("'U1 U2'", "URLs and local paths, separated by spaces"),
    "urls_file": ("LIST", "list of URLs: a path, a URL, or - for stdin"),
    "folder": ("DIR", "every image in a folder and below"),
    "depth": ("N", "follow links on the same host, N levels deep"),
    "allow": ("REGEX", "follow only pages whose URL matches"),
    "deny": ("REGEX", "do not follow pages whose URL matches"),
    "max_pages": ("N", "follow no more than N pages; 0: no limit"),
    "max_images_per_page": ("N", f"{MAX_IMAGES_PER_PAGE:,} by default; 0: no limit"),
    "resume": ("FEED", "skip what the crawl of a feed has finished"),
    "verify": ("FEED", "look again at images of a feed that may be copies"),
}
"""Name to the form of its value and one line of help."""


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Raise BadInput for a spider argument that is unknown, empty or malformed."""
    for name, value in arguments.items():
        # Scrapyd adds `_job`; such names do not come from the user.
        if name.startswith("_"):
            continue
        if name not in ARGUMENTS:
            raise BadInput(f"-a {name}={value} is not an argument; {_advice(name)}")
        if not value.strip():
            raise BadInput(f"-a {name}= is empty; give it a value or leave it out.")
    try:
        Scope.parse(arguments)
    except BadScope as error:
        raise BadInput(str(error)) from None


def _advice(name: str) -> str:
    # The spider imports this module; only a mistake needs the settings.
    from fpcrawler import settings  # noqa: PLC0415

    if hasattr(settings, name.upper()):
        return f"use -s {name.upper()}=VALUE."
    close = get_close_matches(name.lower().replace("-", "_"), ARGUMENTS, n=1)
    known = " or ".join(f"-a {one}=…" for one in close)
    return f"use {known or ', '.join(f'-a {one}=…' for one in ARGUMENTS)}."
