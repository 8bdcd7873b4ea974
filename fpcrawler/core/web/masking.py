"""Mask passwords and tokens in the URLs of a text for people."""

from __future__ import annotations

import re
from urllib.parse import unquote

_MASK = "…"

# RFC 3986 section 3.2.1; "//" is not looked for within what was just read, so that a
# text of many slashes takes linear time.
_USER = re.compile(r"(:[/\\]++)[^\s/\\?#\"'<>]*@")

_NAME = r"([\w.~+\[\]-]{1,80})"
_PAIRS = (
    re.compile(rf"([?&;#]){_NAME}(=)[^\s&;#\"'<>]+"),
    # A URL in the query of another one is percent-encoded.
    re.compile(
        rf"(%3F|%26|%23){_NAME}(%3D)(?:(?!%26|%23)[^\s&;#\"'<>])+", re.IGNORECASE
    ),
)
_SECRET = re.compile(
    "auth|authorization|code|credentials?|hdnea|hdnts|hmac|jwt|otp|pass|passcode|"
    "passphrase|pin|policy|pw|pwd|sessionid|sid|sig|sign|ticket|"
    ".*(?:key|passwd|password|secret|session|signature|token)"
)
"""Words in the names of parameters whose values let others in; also ``apikey``."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def masked(text: str) -> str:
    """Return a text with ``…`` for users and passwords, and for tokens in queries.

    A token is the value of a parameter whose name has a word such as ``token``,
    ``key`` or ``X-Amz-Signature``'s. Too much is masked rather than too little.
    """
    if "@" in text:
        text = _USER.sub(rf"\1{_MASK}@", text)
    for pair in _PAIRS:
        text = pair.sub(_masked_pair, text)
    return text


def _masked_pair(found: re.Match[str]) -> str:
    separator, name, equals = found.groups()
    return f"{separator}{name}{equals}{_MASK}" if _is_secret(name) else found[0]


def _is_secret(name: str) -> bool:
    words = _WORD.findall(unquote(name))
    return any(_SECRET.fullmatch(word.lower()) for word in words)
