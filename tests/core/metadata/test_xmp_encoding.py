from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.xmp_encoding import decoded

TEXT = '<?xpacket begin="\ufeff"?><x:xmpmeta>Zoë 山田 \U0001f30a</x:xmpmeta>'
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", MARKS)
def test_a_byte_order_mark_names_the_encoding(encoding: str) -> None:
    assert decoded(MARKS[encoding] + TEXT.encode(encoding)) == (TEXT, True)


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("before", ["", "http://ns.adobe.com/xap/1.0/\0"])
def test_without_a_mark_the_zeros_name_it(encoding: str, before: str) -> None:
    packet = before.encode() + TEXT.encode(encoding)

    assert decoded(packet) == (TEXT, encoding == "utf-8")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_spaces_before_it_do_not_matter(encoding: str) -> None:
    assert decoded(f"\n {TEXT}".encode(encoding))[0].lstrip() == TEXT


def test_other_bytes_are_windows_1252() -> None:
    packet = "Zoë ".encode() + "José Muñoz\x80\x81".encode("latin-1")

    assert decoded(packet) == ("Zoë José Muñoz€\ufffd", False)


@given(st.binary(max_size=60), st.sampled_from([b"", b"<\0", b"\0<\0", b"\0\0\0<"]))
def test_any_bytes_give_a_text_without_surrogates(junk: bytes, before: bytes) -> None:
    decoded(before + junk)[0].encode()
