from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler import settings as project_settings
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import check_feeds
from fpcrawler.feeds.s3 import check_s3
from fpcrawler.input.arguments import check_arguments
from fpcrawler.input.settings import check_settings
from fpcrawler.input.sources import Sources, check_sources

A = "https://a.example/a.jpg"
OWN = sorted(name for name in dir(project_settings) if name.isupper())


def settings_with(**values: object) -> Settings:
    """Return the project's settings with what the user set by ``-s``."""
    settings = Settings()
    settings.setmodule(project_settings)
    settings.setdict(values, priority="cmdline")
    return settings


def check(**values: object) -> None:
    check_settings(settings_with(**values), values)


def sentence(refused: pytest.ExceptionInfo[BadInput]) -> str:
    text = str(refused.value)
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"urls": A},
        {"urls_file": "urls.txt", "folder": "album"},
        {"urls": A, "_job": "6487ec79947edab326d6db28a2d86511e8247444"},
        {"_job": ""},
    ],
)
def test_arguments_of_the_spider_pass(arguments: Mapping[str, str]) -> None:
    check_arguments(arguments)


def test_an_unknown_argument_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput) as refused:
        check_arguments({"colour": "red"})

    assert sentence(refused) == (
        "-a colour=red is not an argument; "
        "use -a urls=…, -a urls_file=…, -a folder=…, -a depth=…, -a allow=…, "
        "-a deny=…, -a max_pages=…, -a max_images_per_page=…, "
        "-a resume=…, -a verify=…."
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("url", "-a urls=…"),
        ("URLS", "-a urls=…"),
        ("max-pages", "-a max_pages=…"),
        ("min_image_size", "-s MIN_IMAGE_SIZE=VALUE"),
        ("LOG_LEVEL", "-s LOG_LEVEL=VALUE"),
    ],
)
def test_a_misspelt_argument_is_refused_with_the_one_that_was_meant(
    name: str, meant: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check_arguments({name: "1"})

    assert sentence(refused) == f"-a {name}=1 is not an argument; use {meant}."


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_an_empty_argument_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="-a folder= is empty"):
        check_arguments({"folder": value})


def test_the_settings_of_the_project_pass() -> None:
    check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIN_IMAGE_SIZE", "0"),
        ("MIN_IMAGE_SIZE", 1_000),
        ("MIN_IMAGE_SIZE", " 1000 "),
        ("DOWNLOAD_DELAY", "0.25"),
        ("DOWNLOAD_TIMEOUT", "180"),
        ("DOWNLOAD_TIMEOUT", 180),
        ("ROBOTSTXT_OBEY", "False"),
        ("ROBOTSTXT_OBEY", "true"),
        ("ROBOTSTXT_OBEY", "1"),
        ("ROBOTSTXT_OBEY", 0),
        ("PRIVATE_ADDRESSES", "deny"),
        ("LOG_LEVEL", "debug"),
        ("LOG_LEVEL", "INFO"),
        ("URLS_FILE", "other.txt"),
        ("URLS_FILE_ORIGIN", "https://a.example/list.txt"),
        ("URLS_FILE_ORIGIN", "elsewhere"),
    ],
)
def test_a_value_of_its_type_passes(name: str, value: object) -> None:
    check(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("URLS_FILE_ORIGIN", "a.example", "use the URL of the list, or elsewhere"),
        ("MIN_IMAGE_SIZE", "20 KB", "use a whole number of 0 or more"),
        ("MIN_IMAGE_SIZE", "-1", "use a whole number of 0 or more"),
        ("MIN_IMAGE_SIZE", "1.5", "use a whole number of 0 or more"),
        ("MIN_IMAGE_SIZE", "", "use a whole number of 0 or more"),
        ("MIN_IMAGE_SIZE", None, "use a whole number of 0 or more"),
        ("DOWNLOAD_DELAY", "soon", "use a number of 0 or more"),
        ("DOWNLOAD_DELAY", "-0.1", "use a number of 0 or more"),
        ("DOWNLOAD_TIMEOUT", "nan", "use a number above 0"),
        ("DOWNLOAD_TIMEOUT", "inf", "use a number above 0"),
        ("ROBOTSTXT_OBEY", "yes", "use True or False"),
        ("ROBOTSTXT_OBEY", "2", "use True or False"),
        ("ROBOTSTXT_OBEY", "", "use True or False"),
        ("PRIVATE_ADDRESSES", "Deny", "use one of listed, deny, allow"),
        ("PRIVATE_ADDRESSES", None, "use one of listed, deny, allow"),
        ("LOG_LEVEL", "LOUD", "use one of CRITICAL, ERROR, WARNING, INFO, DEBUG"),
        ("CLOSESPIDER_TIMEOUT", "abc", "use a number of 0 or more"),
        ("CLOSESPIDER_ITEMCOUNT", "x", "use a whole number of 0 or more"),
        ("DEPTH_LIMIT", "-1", "use a whole number of 0 or more"),
        ("DEPTH_PRIORITY", "x", "use a whole number"),
        ("REDIRECT_ENABLED", "x", "use True or False"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_to_use(
    name: str, value: object, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check(**{name: value})

    assert sentence(refused) == f"{name} is {value!r}; {hint}."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LOCAL_DIGESTS", "md5, sha1, sha256, sha512"),
        ("METADATA_KINDS", "exif, xmp, iptc, texts, provenance"),
    ],
)
def test_a_list_of_words_may_have_only_known_ones(name: str, words: str) -> None:
    check(**{name: words})
    with pytest.raises(BadInput) as refused:
        check(**{name: f"{words}, crc32"})

    assert sentence(refused) == f"{name} has ' crc32'; use some of {words}."


WORDS = [
    "0",
    "1",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "tRuE",
    "01",
    " 1",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_passes_is_one_that_scrapy_reads(word: str) -> None:
    settings = settings_with(ROBOTSTXT_OBEY=word)
    try:
        check_settings(settings, ["ROBOTSTXT_OBEY"])
    except BadInput:
        return

    assert settings.getbool("ROBOTSTXT_OBEY") in (True, False)


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("MIN_IMAGE_SIZES", "MIN_IMAGE_SIZE"),
        ("MIN_IMAGESIZE", "MIN_IMAGE_SIZE"),
        ("ROBOTS_TXT_OBEY", "ROBOTSTXT_OBEY"),
        ("DOWNLOAD_TIMEOUTS", "DOWNLOAD_TIMEOUT"),
        ("CONCURENT_REQUESTS", "CONCURRENT_REQUESTS"),
        ("min_image_size", "MIN_IMAGE_SIZE"),
        ("user-agent", "USER_AGENT"),
        pytest.param("DEPHT_LIMIT", "DEPTH_LIMIT", id="a setting of Scrapy's"),
        pytest.param(
            "PLAYWRIGHT_CDP_URLS", "PLAYWRIGHT_CDP_URL", id="a setting of an add-on"
        ),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_one_that_was_meant(
    name: str, close: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check(**{name: "1"})

    assert sentence(refused) == f"-s {name} is not a setting; did you mean {close}?"


@pytest.mark.parametrize(
    ("name", "advice"),
    [("FOO", "docs/settings.md lists them."), ("depth", "use -a depth=VALUE.")],
)
def test_a_setting_that_nothing_reads_is_refused(name: str, advice: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(**{name: "1"})

    assert sentence(refused) == f"-s {name} is not a setting; {advice}"


@pytest.mark.parametrize(
    "name",
    [
        "DEPTH_LIMIT",
        pytest.param("HTTPERROR_ALLOW_ALL", id="Scrapy reads it without a default"),
        pytest.param("PLAYWRIGHT_CDP_URL", id="an add-on that requires Scrapy"),
        pytest.param("FAKEUSERAGENT_PROVIDERS", id="an add-on that does not say so"),
    ],
)
def test_a_setting_of_scrapy_or_an_add_on_passes(name: str) -> None:
    check(**{name: "1"})


def test_a_setting_of_a_component_of_the_user_passes() -> None:
    extensions = '{"tests.observer.Observer": 900}'

    check(OBSERVER_FILE="observed.json", EXTENSIONS=extensions)


def check_list(urls_file: Path | str) -> None:
    check_sources(Sources(urls_file=str(urls_file)))


@pytest.fixture
def urls_file(tmp_path: Path) -> Path:
    return tmp_path / "urls.txt"


def test_a_list_with_an_entry_passes(urls_file: Path) -> None:
    urls_file.write_text(f"# a list\nnowhere.jpg\n{A}\n")

    check_list(urls_file)


def test_a_list_is_checked_no_further_than_its_first_url(urls_file: Path) -> None:
    urls_file.write_bytes(b"%s\nhttp://[\n" % A.encode())

    check_list(urls_file)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n", "\ufeff"])
def test_a_list_without_an_entry_is_refused(urls_file: Path, text: str) -> None:
    urls_file.write_text(text, "utf-8")

    with pytest.raises(BadInput) as refused:
        check_list(urls_file)

    assert sentence(refused) == (
        f"{str(urls_file)!r} has no URL or path to crawl; write one in each line."
    )


def test_a_list_of_bad_lines_is_refused_with_the_first(urls_file: Path) -> None:
    urls_file.write_text("\nftp://a.example/\nnowhere.jpg\n")

    with pytest.raises(BadInput) as refused:
        check_list(urls_file)

    assert sentence(refused) == (
        f"{urls_file}, line 2: 'ftp://a.example/' is not an http, https or file URL; "
        "correct or remove it."
    )


def test_an_image_is_not_read_as_a_list(urls_file: Path) -> None:
    urls_file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    with pytest.raises(BadInput) as refused:
        check_list(urls_file)

    assert sentence(refused) == (
        f"urls_file {str(urls_file)!r} looks like an image (png), not like a list; "
        "name images by -a urls=."
    )


def test_a_list_or_feed_on_s3_names_a_profile_that_does_not_exist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")

    with pytest.raises(BadInput) as refused:
        check_list("s3://bucket/list")
    with pytest.raises(BadInput, match="AWS_PROFILE is 'nope', a profile that"):
        check_s3("s3://bucket/images.json", settings_with())

    assert sentence(refused) == (
        "urls_file 's3://bucket/list' cannot be read (AWS_PROFILE names a profile that "
        "~/.aws does not have); correct its name or the AWS_… variables."
    )


def test_a_missing_list_is_refused(urls_file: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read") as refused:
        check_list(urls_file)

    assert str(urls_file) in sentence(refused)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder; name a folder"):
        check_sources(Sources(folder=str(tmp_path / "missing")))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no URL or path to crawl"):
        check_sources(Sources(folder=str(tmp_path)))


def test_words_without_an_entry_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^urls, word 1: 'nowhere\.jpg' is neither"):
        check_sources(Sources(urls="nowhere.jpg ftp://a.example/"))


def test_a_pipe_is_left_for_the_crawl_to_read(urls_file: Path) -> None:
    # As in `-a urls_file=<(zcat …)`: what a check reads, the crawl never sees.
    os.mkfifo(urls_file)
    end = os.open(urls_file, os.O_RDWR | os.O_NONBLOCK)
    os.write(end, f"{A}\n".encode())
    try:
        check_list(urls_file)

        assert os.read(end, 100) == f"{A}\n".encode()
    finally:
        os.close(end)


def check_feed(uri: str, **options: object) -> None:
    check_feeds(settings_with(FEEDS={uri: {"format": "json", **options}}))


@pytest.mark.parametrize(
    "uri",
    [
        "images.json",
        "new/folder/images.json",
        "images-%(time)s.json",
        "%(name)s-%(batch_id)05d.json",
        "file:///tmp/images.json",
        "s3://bucket/images.json",
        "stdout:",
        "/dev/stdout",
    ],
)
def test_a_feed_that_can_be_written_passes(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    check_feed(uri)

    assert list(tmp_path.iterdir()) == []


def test_a_crawl_without_feeds_passes() -> None:
    check_feeds(settings_with(FEEDS={}))


def test_a_feed_of_another_scheme_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        check_feed("https://a.example/images.json")

    assert sentence(refused) == (
        "feed https://a.example/images.json: unsupported scheme https://; "
        "use a path or s3://BUCKET/KEY."
    )


def test_a_feed_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder; name a file in it") as refused:
        check_feed(str(tmp_path))

    assert str(tmp_path) in sentence(refused)


@pytest.mark.parametrize("name", ["file/images.json", "file/below/images.json"])
def test_a_feed_below_a_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        BadInput, match=r"cannot be written in .*file; name a writable folder"
    ):
        check_feed(str(tmp_path / name))


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Run as an ordinary user: root may write everywhere."""
    former = os.getresuid()
    if former[0] == 0:
        os.setresuid(65_534, 65_534, 0)
    yield
    os.setresuid(*former)


@pytest.mark.usefixtures("as_nobody")
def test_a_feed_in_a_read_only_folder_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be written in"):
        check_feed("/usr/images.json")


@pytest.mark.parametrize("options", [{}, {"overwrite": False}])
def test_a_feed_without_an_array_is_refused(
    tmp_path: Path, options: dict[str, bool]
) -> None:
    path = tmp_path / "images.json"
    path.write_text("no array")

    with pytest.raises(BadInput) as refused:
        check_feed(str(path), **options)

    assert sentence(refused) == (
        f"{path} does not hold a JSON array, so it cannot be appended to. "
        "Use -O to replace it."
    )


@pytest.mark.parametrize(
    "options",
    [{"overwrite": True}, {"format": "jsonlines"}, {"format": "csv"}],
)
def test_a_feed_that_is_replaced_or_not_an_array_may_hold_anything(
    tmp_path: Path, options: dict[str, object]
) -> None:
    path = tmp_path / "images.json"
    path.write_text("no array")

    check_feed(str(path), **options)

    assert path.read_text() == "no array"


def test_a_feed_that_is_an_array_passes(tmp_path: Path) -> None:
    path = tmp_path / "images.json"
    path.write_text("[]")

    check_feed(str(path))


@pytest.mark.parametrize("name", OWN)
def test_every_setting_of_the_project_is_one_that_is_known(name: str) -> None:
    check_settings(settings_with(), [name])
