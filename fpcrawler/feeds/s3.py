"""Check feeds on S3 without a request to a server; ``s3_probe.py`` asks it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from fpcrawler.core.web.onion import is_onion
from fpcrawler.errors import BadInput
from fpcrawler.feeds.names import PLACEHOLDER

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session
    from scrapy.settings import BaseSettings

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_ASKED_FOR_KEYS = ("custom-process", "container-role", "iam-role")
"""Providers of credentials that run programs or ask servers, which can be slow."""
_SECRETS = ("KEY", "TOKEN")


def check_s3(uri: str, settings: BaseSettings) -> None:
    """Raise BadInput for a feed on S3 that cannot be uploaded."""
    place = urlsplit(PLACEHOLDER.sub("x", uri))
    if not place.hostname or not place.path.strip("/") or uri.endswith("/"):
        raise BadInput(f"feed {uri} has no bucket or no key; use s3://BUCKET/KEY.json.")
    folder = settings["FEED_TEMPDIR"]
    if folder and not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput(
            f"FEED_TEMPDIR is {folder!r}, which is not a folder that can be written; "
            "create it."
        )
    endpoints = [settings["AWS_ENDPOINT_URL"], *map(os.environ.get, _ENDPOINTS)]
    for endpoint in filter(None, endpoints):
        if is_onion(_host_of(endpoint)):
            raise BadInput(
                f"feed {uri} is on an onion service ({endpoint}); "
                "feeds do not go through Tor."
            )
    _check_client(uri, place, settings)


def _check_client(uri: str, place: SplitResult, settings: BaseSettings) -> None:
    """Create Scrapy's client and a request, which is not sent."""
    # Few crawls write to S3, and boto takes a third of a second.
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415
    from botocore.exceptions import (  # noqa: PLC0415
        BotoCoreError,
        ParamValidationError,
        ProfileNotFound,
    )
    from botocore.session import Session  # noqa: PLC0415

    try:
        session = Session()
        for name in _ASKED_FOR_KEYS:
            session.get_component("credential_provider").remove(name)
        client = client_for(session, place, settings)
        # This response comes before the request is signed and sent.
        response: tuple[Any, Any] = AWSResponse("", 200, {}, None), {}
        client.meta.events.register_first("before-call.s3", lambda **_: response)
        client.put_object(Bucket=place.hostname, Key="x")
    except ParamValidationError:
        raise BadInput(
            f"feed {uri}: {place.hostname!r} is not a bucket name; use letters, "
            "digits, dots and hyphens."
        ) from None
    except ProfileNotFound as error:
        raise BadInput(
            f"feed {uri}: AWS_PROFILE is {error.kwargs['profile']!r}, a profile that "
            "~/.aws does not have; correct it."
        ) from None
    except (BotoCoreError, ValueError) as error:
        names = next(
            _wrong_values(str(error), settings), "AWS_… or ~/.aws is not usable"
        )
        raise BadInput(
            f"feed {uri}: {names} ({str(error).rstrip('.')}); see docs/s3.md."
        ) from error


def client_for(
    session: Session,
    place: SplitResult,
    settings: BaseSettings,
    config: Config | None = None,
) -> Any:
    """Return a client with the credentials and the endpoint of Scrapy's."""
    return session.create_client(
        "s3",
        aws_access_key_id=place.username or settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=place.password or settings["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=settings["AWS_SESSION_TOKEN"],
        endpoint_url=settings["AWS_ENDPOINT_URL"] or None,
        region_name=settings["AWS_REGION_NAME"] or None,
        config=config,
    )


def _wrong_values(error: str, settings: BaseSettings) -> Iterator[str]:
    """Yield the settings whose value an error of botocore quotes without a name."""
    own = ((name, settings[name]) for name in settings)
    for name, value in chain(own, os.environ.items()):
        if not name.startswith("AWS_") or any(word in name for word in _SECRETS):
            continue
        # "with base 10: 'abc'" is about abc.
        quoted = rf"[:('\"`] ?{re.escape(str(value))}(?!\w)"
        if value and re.search(quoted, error):
            yield f"{name} is {value!r}"


def _host_of(endpoint: str) -> str:
    try:
        return urlsplit(endpoint).hostname or ""
    except ValueError:
        return ""  # botocore reports what is wrong with it
