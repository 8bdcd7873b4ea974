"""Hosts that one owner may have are one site."""

from __future__ import annotations

import pytest

from fpcrawler.core.web.sites import site_of


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("a.b.Example.COM.", "example.com"),
        ("a.example.com:8000", "example.com"),
        ("localhost", "localhost"),
        ("127.0.2.8:80", "127.0.2.0/24"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::/48"),
        ("[2001:db8:1:2::3]", "2001:db8:1::/48"),
        ("", ""),
    ],
)
def test_a_site_is_a_domain_or_a_network(host: str, site: str) -> None:
    assert site_of(host) == site
