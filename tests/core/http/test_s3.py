from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.http.s3 import (
    is_directory_bucket,
    is_object_lambda,
    is_s3_host,
    takes_checksum_mode,
)


@pytest.mark.parametrize(
    "host",
    [
        "s3.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
        "bucket.s3.amazonaws.com",
        "bucket.with.dots.s3.ap-southeast-2.amazonaws.com",
        "bucket.s3.dualstack.us-east-1.amazonaws.com",
        "bucket.s3-fips.us-gov-west-1.amazonaws.com",
        "bucket.s3-accelerate.amazonaws.com",
        "bucket.s3-accelerate.dualstack.amazonaws.com",
        "point-123456789012.s3-accesspoint.us-west-2.amazonaws.com",
        "s3-us-west-2.amazonaws.com",
        "bucket.s3-external-1.amazonaws.com",
        "bucket.s3.cn-north-1.amazonaws.com.cn",
        "bucket.s3.eusc-de-east-1.amazonaws.eu",
    ],
)
def test_hosts_of_s3_are_known(host: str) -> None:
    assert is_s3_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "amazonaws.com",
        "s3.example",
        "s3.amazonaws.com.example",
        "bucket.s3xamazonaws.com",
        "mys3.amazonaws.com",
        "bucket.s3-website-us-east-1.amazonaws.com",
        "bucket.s3-website.eu-central-1.amazonaws.com",
        "point.s3-object-lambda.us-east-1.amazonaws.com",
        "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
        "s3-1234567890.us-east-1.elb.amazonaws.com",
        "s3.us-west-002.backblazeb2.com",
        "s3.localhost",
        f"{'a.' * 200}s3.amazonaws.com",
    ],
)
def test_other_hosts_are_not(host: str) -> None:
    assert not is_s3_host(host)


def test_directory_buckets_and_object_lambdas_are_known_by_their_host() -> None:
    express = "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com"
    function = "point.s3-object-lambda.us-east-1.amazonaws.com"

    assert is_directory_bucket(express)
    assert not is_directory_bucket(function)
    assert is_object_lambda(function)
    assert not is_object_lambda(express)


@pytest.mark.parametrize(
    ("url", "is_requested"),
    [
        ("https://bucket.s3.amazonaws.com/a.jpg", True),
        ("http://S3.eu-west-1.amazonaws.com:80/bucket/a.jpg?versionId=1", True),
        ("https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Signature=0f", False),
        ("https://bucket.s3.amazonaws.com/a?Expires=1&Signature=x%3D", False),
        ("https://a.example/?https://bucket.s3.amazonaws.com/", False),
        ("https://bucket.s3.amazonaws.com@a.example/", False),
    ],
)
def test_checksums_are_requested_from_s3_unless_the_url_is_signed(
    url: str, *, is_requested: bool
) -> None:
    assert takes_checksum_mode(urlsplit(url).hostname or "", url) is is_requested


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert not is_s3_host(text)
    assert not takes_checksum_mode(text, text)
