"""A connection to Redis whose failures Dramatiq waits out."""

from __future__ import annotations

from typing import Any

import redis
from dramatiq.errors import ConnectionClosed
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable

_TIMEOUT = 20.0
"""Seconds to wait for a reply of Redis; its machine may be down."""


class QueueUnavailable(PlaceUnavailable):
    """Redis does not respond, or has lost its data."""


class RedisFailed(redis.ConnectionError, ConnectionClosed):
    """Redis does not respond, or responds with an error.

    Dramatiq tries again after a broken connection only. So an error that Redis replies
    with, for example while it loads its data, counts as one.
    """


class Client(redis.Redis):
    """A client whose every error is RedisFailed."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command; return the reply."""
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except NoScriptError:  # redis-py sends the script, then the command again
            raise
        except redis.RedisError as error:
            raise RedisFailed(str(error)) from error


def connect(url: str) -> Client:
    """Connect to Redis; raises BadInput for a URL that is not one of Redis.

    Raises QueueUnavailable if Redis does not respond.
    """
    shown = url.rpartition("@")[2].partition("?")[0]  # without a password
    try:
        pool = redis.ConnectionPool.from_url(
            url,
            # No retries: Redis may have executed the first command. A second fetch
            # would return another message, and the first would be lost.
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
        )
        client = Client(connection_pool=pool)
        client.ping()
    except (ValueError, TypeError) as error:
        raise BadInput(
            f"--redis or FLEET_REDIS is not a URL of Redis ({shown}); use "
            "redis://HOST:PORT, and write '/', '?' and '#' of a password as %2F, %3F "
            "and %23."
        ) from error
    except RedisFailed as error:
        # The text may have a part of a password that was not written like this.
        reason = type(error.__cause__).__name__ if "@" in url else error
        raise QueueUnavailable(
            f"Redis does not respond at {shown} ({reason}); start it with "
            "'redis-server', use another with --redis redis://HOST:PORT, or crawl "
            f"without it: {program()} fleet run LIST --to DIR --local N."
        ) from error
    return client
