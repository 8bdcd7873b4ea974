"""Ask S3, before the crawl, whether feeds can be stored there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.errors import BadInput
from fpcrawler.feeds.names import PLACEHOLDER
from fpcrawler.feeds.s3 import client_for

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_SECONDS = 10
"""How long a server may take to accept the connection, and then to respond."""
_NOT_FOUND = 404


def probe_s3(settings: BaseSettings) -> None:
    """Raise BadInput for a feed on S3 without credentials, bucket or server.

    One HeadBucket request per bucket. A key that may only write gets 403, as a wrong
    key does; so only the upload shows whether it may.
    """
    asked = set()
    for uri in map(str, settings.getdict("FEEDS")):
        place = urlsplit(PLACEHOLDER.sub("x", uri))
        if place.scheme == "s3" and place.netloc not in asked:
            asked.add(place.netloc)
            _probe(uri, settings)


def _probe(uri: str, settings: BaseSettings) -> None:
    # Few crawls write to S3, and boto takes a third of a second.
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import (  # noqa: PLC0415
        BotoCoreError,
        ClientError,
        NoCredentialsError,
    )
    from botocore.session import Session  # noqa: PLC0415

    place = urlsplit(PLACEHOLDER.sub("x", uri))
    config = Config(
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"total_max_attempts": 1},
    )
    client = client_for(Session(), place, settings, config)
    try:
        client.head_bucket(Bucket=place.hostname)
    except NoCredentialsError:
        raise BadInput(
            f"feed {uri} needs a key of S3; set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
        ) from None
    except BotoCoreError:
        raise BadInput(
            f"feed {uri}: {client.meta.endpoint_url} does not respond as S3; correct "
            "AWS_ENDPOINT_URL, or start again when it does."
        ) from None
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
            raise BadInput(
                f"feed {uri}: {client.meta.endpoint_url} has no bucket "
                f"{place.hostname!r}; create it or correct the name."
            ) from None
