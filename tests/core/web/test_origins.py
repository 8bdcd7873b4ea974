from __future__ import annotations

import pytest

from fpcrawler.core.web.origins import is_same_origin

OWN = "http://10.0.0.1:8000/a/b.html?c#d"


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        (OWN, "http://10.0.0.1:8000/", True),
        pytest.param(OWN, "https://10.0.0.1:8000/", True, id="another scheme"),
        pytest.param(OWN, "HTTP://10.1:08000/", True, id="WHATWG URL 3.5 short"),
        pytest.param(OWN, "http://0xa000001:8000/", True, id="WHATWG URL 3.5 hex"),
        pytest.param(OWN, "http://[::ffff:a00:1]:8000/", True, id="RFC 4291 mapped"),
        pytest.param(OWN, "http://user:word@10.0.0.1:8000/", True, id="userinfo"),
        pytest.param(OWN, "http://10.0.0.1:8001/", False, id="another port"),
        pytest.param(OWN, "http://10.0.0.1/", False, id="the default port"),
        pytest.param(OWN, "http://10.0.0.1:0/", False, id="port 0"),
        pytest.param(OWN, "http://10.0.0.2:8000/", False, id="another host"),
        pytest.param(OWN, "http://10.0.0.1@a.example:8000/", False, id="userinfo only"),
        pytest.param(OWN, "http://10.0.0.1:99999/", False, id="not a port"),
        pytest.param(OWN, "http://[/", False, id="not a URL"),
        pytest.param(OWN, "ftp://10.0.0.1:8000/", False, id="not of the web"),
        ("https://A.example./", "https://a.example:443/", True),
        ("http://a.example", "http://a.example:80/", True),
        ("http://a.example/", "https://a.example/", False),
        ("http://a.example:443/", "https://a.example/", True),
        ("http://[2001:db8:0::5]/", "http://[2001:DB8::5]/", True),
        ("http://fa\u00df.example/", "http://xn--fa-hia.example/", True),
        ("http://www.a.example/", "http://a.example/", False),
        ("file:///a", "file:///a", False),
        ("http:///a", "http:///a", False),
        ("http://[/", "http://[/", False),
    ],
)
def test_an_origin_is_the_host_and_port(url: str, other: str, *, is_same: bool) -> None:
    assert is_same_origin(url, other) is is_same
    assert is_same_origin(other, url) is is_same
