from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.input.settings import check_settings
from tests.input.test_settings import check, sentence, settings_with

LEVELS = "use one of CRITICAL, ERROR, WARNING, INFO, DEBUG."
TLS = "use one of TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3."
PATH = "which cannot be imported; use a path such as"
NUMBERS = "use whole numbers, separated by commas."


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("SCHEDULER", "x", f"is 'x', {PATH} scrapy.core.scheduler.Scheduler."),
        ("SCHEDULER", "scrapy.Nothing", f"is 'scrapy.Nothing', {PATH} scrapy.core."),
        ("SCHEDULER", "nowhere.Class", f"is 'nowhere.Class', {PATH} scrapy.core."),
        ("TWISTED_REACTOR", "x", f"is 'x', {PATH} twisted.internet.asyncioreactor."),
        ("FEED_URI_PARAMS", "x", f"is 'x', {PATH} package.module.Name."),
        ("EXTENSIONS", {"x.Y": 1}, f"is 'x.Y', {PATH} package.module.Name."),
        ("RETRY_EXCEPTIONS", "x,y", f"is 'x', {PATH} package.module.Name."),
        ("RETRY_HTTP_CODES", "500,b", f"has 'b'; {NUMBERS}"),
        ("HTTPERROR_ALLOWED_CODES", "-1", f"has '-1'; {NUMBERS}"),
        ("LOG_ENCODING", "x", "is 'x'; use an encoding such as utf-8."),
        ("LOG_ENCODING", "base64", "is 'base64'; use an encoding such as utf-8."),
        ("LOG_FORMAT", "x", "is 'x'; use a format of Python's logging, such as '%("),
        ("RETRY_GIVE_UP_LOG_LEVEL", "LOUD", f"is 'LOUD'; {LEVELS}"),
        ("REFERRER_POLICY", "x", "is 'x'; use one of no-referrer, no-referrer-when"),
        ("LOG_VERSIONS", "lxml,x", "has 'x', which is not installed; remove it."),
        ("SPIDER_MODULES", "x", "has 'x', which cannot be imported; remove it."),
        ("DOWNLOAD_TLS_MIN_VERSION", "1.2", f"is '1.2'; {TLS}"),
        ("DOWNLOADER_CLIENT_TLS_CIPHERS", "x", "is 'x'; use a list of ciphers as"),
    ],
)
def test_what_scrapy_could_not_use_is_refused(
    name: str, value: object, advice: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check(**{name: value})

    assert sentence(refused).startswith(f"{name} {advice}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCHEDULER", "scrapy.core.scheduler.BaseScheduler"),
        ("EXTENSIONS", {"scrapy.extensions.telnet.TelnetConsole": None, "x.Y": None}),
        ("RETRY_HTTP_CODES", "500, 502"),
        ("RETRY_HTTP_CODES", [500]),
        ("RETRY_EXCEPTIONS", [OSError]),
        ("RETRY_PRIORITY_ADJUST", "-2"),
        ("CLOSESPIDER_TIMEOUT", "0.5"),
        ("CLOSESPIDER_TIMEOUT", None),
        ("LOG_ENCODING", "latin-1"),
        ("REFERRER_POLICY", "same-origin"),
        ("LOG_VERSIONS", "lxml,pytest"),
        ("DOWNLOAD_TLS_MIN_VERSION", "TLSv1.2"),
        ("DOWNLOADER_CLIENT_TLS_CIPHERS", "ECDHE+AESGCM"),
    ],
)
def test_what_scrapy_can_use_passes(name: str, value: object) -> None:
    check(**{name: value})


def test_a_login_without_its_domain_is_refused() -> None:
    check(HTTPAUTH_USER="u", HTTPAUTH_DOMAIN="a.example")
    with pytest.raises(BadInput, match="need HTTPAUTH_DOMAIN; name the domain"):
        check(HTTPAUTH_USER="u")


@pytest.mark.parametrize(("name", "why"), [("", "a folder"), ("no/log", "its folder")])
def test_a_log_file_that_cannot_be_opened_is_refused(
    tmp_path: Path, name: str, why: str
) -> None:
    check(LOG_FILE=str(tmp_path / "log"))
    with pytest.raises(BadInput, match=f"LOG_FILE is '{tmp_path}.*{why}"):
        check_settings(settings_with(LOG_FILE=str(tmp_path / name)), [])
