"""Check the argument verify before the crawl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.input.arguments import LIST_ARGUMENTS, SCOPE_ARGUMENTS
from fpcrawler.verify.selection import selected

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def check_verify(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Raise BadInput for feeds that cannot be verified, or what contradicts verify."""
    for name in (*LIST_ARGUMENTS, *SCOPE_ARGUMENTS):
        if name in arguments:
            raise BadInput(
                f"-a verify= reads images of feeds only, so -a {name}= has no meaning; "
                "leave one of them out."
            )
    if not settings.getbool("PICTURE_FINGERPRINT"):
        raise BadInput(
            "PICTURE_FINGERPRINT is False, but -a verify= compares pictures; set it to "
            "True."
        )
    selected(arguments["verify"], settings.getint("VERIFY_BLOCKS"))
