"""Labels of character sets (Encoding Standard section 4.2), where Python differs."""

from __future__ import annotations

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
    "utf-16-be": "unicodefffe",
    "iso8859-2": "iso88592",
    "iso8859-3": "iso88593",
    "iso8859-4": "iso88594",
    "iso8859-5": "iso88595",
    "iso8859-6": "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i iso88596",
    "iso8859-7": "iso88597 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i iso-8859-8-e iso-8859-8-i iso88598 logical "
    "visual",
    "iso8859-10": "iso885910",
    "iso8859-13": "iso885913",
    "iso8859-14": "iso885914",
    "iso8859-15": "csisolatin9 iso885915",
    "koi8-r": "koi koi8",
    "koi8-u": "koi8-ru",
    "mac-roman": "csmacintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso885911",
    "cp1250": "x-cp1250",
    "cp1251": "x-cp1251",
    # HTML section 13.2.3.2, "prescan a byte stream": x-user-defined is windows-1252.
    "cp1252": "iso88591 x-cp1252 x-user-defined",
    "cp1253": "x-cp1253",
    "cp1254": "iso88599 x-cp1254",
    "cp1255": "x-cp1255",
    "cp1256": "x-cp1256",
    "cp1257": "x-cp1257",
    "cp1258": "x-cp1258",
    "gbk": "csgb2312 gb_2312 x-gbk",
    "big5hkscs": "cn-big5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese x-euc-jp",
    "cp949": "cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601 windows-949",
}
"""Python's name → the labels."""

_NAMES = {
    label.replace("-", "_"): name
    for name, labels in _LABELS.items()
    for label in labels.split()
}

_CHARSETS = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "cp866",
        "iso8859-1",
        "iso8859-9",
        "iso8859-11",
        "iso8859-16",
        "ascii",
        "tis-620",
        "gb18030",
        "gb2312",
        "big5",
        "cp932",
        "shift_jis",
        "euc_kr",
        "iso2022_jp",
    ]
) | frozenset(_LABELS)
"""Python's names of the character sets that have a label."""


def is_charset(name: str) -> bool:
    """Return whether browsers know a character set by Python's ``name``.

    Python has many more: not only old ones, but also ``hex`` and ``undefined``.
    """
    return name in _CHARSETS


def labelled(label: str) -> str | None:
    """Return Python's name for a label that only the Encoding Standard has, or None.

    ``label``: in lower case; ``-`` may be ``_``, as Python's codecs spell it.
    """
    return _NAMES.get(label.replace("-", "_"))
