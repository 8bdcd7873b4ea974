"""Keep cookies without asking for the list of public suffixes."""

from __future__ import annotations

from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract


class CookiesMiddleware(cookies.CookiesMiddleware):
    """Knows public suffixes by the list that tldextract ships.

    Scrapy's object fetches the newest list at the first ``Set-Cookie``: by its own
    connection, not through Tor, and outside of the limits of the crawl.
    """

    def __init__(self, debug: bool = False) -> None:  # noqa: FBT001, FBT002 - Scrapy's
        super().__init__(debug)
        cookies._split_domain = TLDExtract(  # noqa: SLF001 - there is no setting
            cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
        )
