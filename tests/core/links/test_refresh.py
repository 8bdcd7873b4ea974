from __future__ import annotations

import pytest
from parsel import Selector

from fpcrawler.core.links.refresh import refresh_of


@pytest.mark.parametrize(
    ("content", "refresh"),
    [
        ("0; url=/a", (0, "/a")),
        (" 5.5 ,URL = /a b", (5, "/a b")),
        ("1;url='/a'b", (1, "/a")),
        ("1;url=&quot;/a&quot;", (1, "/a")),
        ("1 /a", (1, "/a")),
        ("1;url=//faß.example", (1, "//faß.example")),
        ("1", None),
        ("1;", None),
        ("1;url=''", (1, "")),
        ("-1;url=/a", None),
        ("url=/a", None),
        ("", None),
    ],
)
def test_a_refresh_leads_to(content: str, refresh: tuple[int, str] | None) -> None:
    html = f'<title>a</title><META HTTP-EQUIV=Refresh content="{content}">'

    assert refresh_of(Selector(html).root) == refresh


@pytest.mark.parametrize(
    "html",
    [
        "<noscript><meta http-equiv=refresh content='0;url=/a'></noscript>",
        "<template><meta http-equiv=refresh content='0;url=/a'></template>",
        "<script>'<meta http-equiv=refresh content=0;url=/a>'</script>",
        "<!--<meta http-equiv=refresh content='0;url=/a'>-->",
        "<meta name=refresh content='0;url=/a'>",
        "<meta http-equiv=refresh>",
    ],
)
def test_what_is_not_a_refresh(html: str) -> None:
    assert refresh_of(Selector(html).root) is None
