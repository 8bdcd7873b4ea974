from __future__ import annotations

import pytest

from fpcrawler.core.web.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("get https://ann:pw@a.example/1", "get https://…@a.example/1"),
        ("a https://t@b c socks5h://u:p%40@d:1", "a https://…@b c socks5h://…@d:1"),
        ("s3://ID:a@b@bucket/key=1", "s3://…@bucket/key=1"),
        (r"http:\\u:p@a/", r"http:\\…@a/"),
        ("https://a/?id=1&token=abc#x", "https://a/?id=1&token=…#x"),
        ("https://a/?X-Amz-Signature=ab&w=9", "https://a/?X-Amz-Signature=…&w=9"),
        ("https://a/?X-Amz-Security-Token=a%2Fb", "https://a/?X-Amz-Security-Token=…"),
        ("https://a/?sig=a;key=b", "https://a/?sig=…;key=…"),
        ("https://a/?a=1&amp;access_token=b", "https://a/?a=1&amp;access_token=…"),
        ("https://a/#id_token=b", "https://a/#id_token=…"),
        ("https://a/?apikey=b 'x'", "https://a/?apikey=… 'x'"),
        ("'https://a/?accessToken=b', 200", "'https://a/?accessToken=…', 200"),
        ("https://a/?APIKey=b", "https://a/?APIKey=…"),
        ("https://a/?user[password]=b", "https://a/?user[password]=…"),
        ("s3://AKIAX:SECRETsec/ret@bucket/x.json", "s3://…@bucket/x.json"),
        ("redis://:a/b@c:6379/0", "redis://…@c:6379/0"),
        (
            "'AWS_SECRET_ACCESS_KEY': 'a\\'b', 'X': 'y'",
            "'AWS_SECRET_ACCESS_KEY': '…', 'X': 'y'",
        ),
        ('{"token": "a b"}', """{"token": '…'}"""),
        ("{b'Authorization': [b'Basic YTpi']}", "{b'Authorization': ['…']}"),
        ("https://a/?PHPSESSID=b&w=1", "https://a/?PHPSESSID=…&w=1"),
        ("https://a/x;jsessionid=b?w=1", "https://a/x;jsessionid=…"),
        ("https://a/?tkn=b&psw=c&sessid=d", "https://a/?tkn=…&psw=…&sessid=…"),
        ("/l?u=http%3A%2F%2Fuser%3Apw%40h%2F", "/l?u=http%3A%2F%2F…%40h%2F"),
        ("/l?u=http%253A%252F%252Fu%253Ap%2540h", "/l?u=http%253A%252F%252F…%2540h"),
        ("by user:pw@proxy:3128", "by …@proxy:3128"),
        ("Authorization: Bearer abc.d\nb", "Authorization: …\nb"),
        ("proxy-authorization: Basic YTpi", "proxy-authorization: …"),
        ("with Bearer abcdefghijkl.mn=", "with Bearer …"),
        ("/l?u=https%3A%2F%2Fb%2F%3Fkey%3Dx%26w%3D1", None),
    ],
)
def test_what_lets_others_in_is_masked(text: str, shown: str | None) -> None:
    nested = "/l?u=https%3A%2F%2Fb%2F%3Fkey%3D…%26w%3D1"

    assert masked(text) == (shown or nested)


@pytest.mark.parametrize(
    "text",
    [
        "mail ann@a.example about https://a.example/@ann",
        "https://a/?keyword=b&width=9&design=x&path=/k=v",
        "https://a.example:8080/@ann http://[::1]:80/a@b https://a/File:Icon@2x.png",
        "{'width': '9', 'a': 1} at 10:20:30 mailto:ann@a.example",
        "exif 'key=value', 3 images = 9",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "part",
    [
        *("://", "a", "?key=", "&a%3D", "@", "?", "://a@", "%26", "a:", "://a:", "'"),
        *("%3A%2F", "%3A%2Fa", "%25", "'key': '", "'key': 'a' ", "cookie: ", "basic "),
        *("\\", "'key': '\\", "-", "%253A%252Fa"),
    ],
)
def test_a_long_text_takes_linear_time(part: str) -> None:
    assert len(masked("@%" + part * 200_000)) <= 10 + len(part) * 200_000 * 2
