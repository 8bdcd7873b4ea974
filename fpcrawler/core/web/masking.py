"""Mask passwords and tokens in a text for people."""

from __future__ import annotations

import re
from urllib.parse import unquote

_MASK = "…"

# Each pattern takes linear time: none begins within what another try at the same
# pattern has just read. So some read to the end of a value, whether it has an "@" or
# not.

_END = r"\s\"'<>"
_PERCENT = "%(?:25)*+"
"""Begins an escape in a URL, also within the query of another URL (``%253A``)."""

# RFC 3986 section 3.2.1.
_USER = re.compile(rf"(:[/\\]++)[^{_END}/\\?#]*@")
# A secret key of S3 may have a "/". A number after ":" is a port, not a password.
_USER_WITH_SLASH = re.compile(
    rf"(:[/\\]++)[^{_END}/\\:@\[]*+:(?!\d*+(?:[{_END}/\\?#]|$))[^{_END}@]*+(@?)"
)
# Proxies are named without a scheme. After "/" it is a path, such as "File:a@2x.png".
_USER_ONLY = re.compile(
    rf"(?<![\w.~%+/\\-])()(?!mailto:)[\w.~%+-]++:[^{_END}/\\?#@,]*+(@?)", re.IGNORECASE
)
_USER_IN_QUERY = re.compile(
    rf"({_PERCENT}3A(?:{_PERCENT}(?:2F|5C))++)"
    rf"(?:(?!{_PERCENT}(?:2F|5C|3F|23))[^{_END}&#/\\?])*({_PERCENT}40|@)",
    re.IGNORECASE,
)

_NAME = r"([\w.~+\[\]-]{1,80})"
_PAIRS = (
    re.compile(rf"([?&;#]){_NAME}(=)[^{_END}&;#]+"),
    # A URL in the query of another one is percent-encoded.
    re.compile(
        rf"({_PERCENT}(?:3F|26|23|3B)){_NAME}({_PERCENT}3D)"
        rf"(?:(?!{_PERCENT}(?:26|23))[^{_END}&;#])+",
        re.IGNORECASE,
    ),
)
# Settings and headers as Python or JSON shows them; pprint cuts a long text in parts.
_QUOTED = re.compile(
    rf"(['\"]){_NAME}(\1: ?[\[(]?)"
    r"(?:b?(?:'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\")\s*+)+"
)
# RFC 9110 section 11.6.2: the scheme is followed by the credentials.
_HEADER = re.compile(r"(\b(?:authorization|cookie): *+)[^\s][^\n]*+", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(\b(?:bearer|basic) )[\w.~+/-]{12,}+=*+", re.IGNORECASE)

_SECRET = re.compile(
    "auth|authorization|code|cookie|creds?|credentials?|hdnea|hdnts|hmac|jwt|otp|pass|"
    "passcode|passphrase|pin|policy|pw|sess|sid|sig|sign|ticket|"
    ".*(?:key|passwd|password|psw|pwd|secret|session|signature|tkn|token)|"
    ".*sess(?:ion)?id.*"
)
"""Words in the names of parameters whose values let others in; also ``apikey``."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def masked(text: str) -> str:
    """Return a text with ``…`` for users and passwords, and for tokens.

    A token is the value of a parameter, setting or header whose name has a word such
    as ``token``, ``key`` or ``X-Amz-Signature``'s. Too much is masked rather than too
    little.
    """
    if "@" in text:
        text = _USER.sub(rf"\1{_MASK}@", text)
        text = _USER_WITH_SLASH.sub(_masked_user, text)
        text = _USER_ONLY.sub(_masked_user, text)
    if "%" in text:
        text = _USER_IN_QUERY.sub(rf"\1{_MASK}\2", text)
    for pair in _PAIRS:
        text = pair.sub(_masked_pair, text)
    text = _QUOTED.sub(_masked_quoted, text)
    text = _HEADER.sub(rf"\1{_MASK}", text)
    return _CREDENTIALS.sub(rf"\1{_MASK}", text)


def _masked_user(found: re.Match[str]) -> str:
    before, at = found.groups()
    return f"{before}{_MASK}{at}" if at else found[0]


def _masked_pair(found: re.Match[str]) -> str:
    separator, name, equals = found.groups()
    return f"{separator}{name}{equals}{_MASK}" if is_secret(name) else found[0]


def _masked_quoted(found: re.Match[str]) -> str:
    quote, name, colon = found.groups()
    return f"{quote}{name}{colon}'{_MASK}'" if is_secret(name) else found[0]


def masked_value(name: str, text: str) -> str:
    """Return the value of a setting, argument or parameter, for people.

    It is ``…`` if values of this name let others in, else the text, masked.
    """
    return _MASK if is_secret(name) else masked(text)


def is_secret(name: str) -> bool:
    """Return whether values of this name (of a parameter, a setting) let others in."""
    words = _WORD.findall(unquote(name))
    return any(_SECRET.fullmatch(word.lower()) for word in words)
