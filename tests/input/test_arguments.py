from __future__ import annotations

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.input.arguments import ARGUMENTS, read_arguments


def test_repeated_urls_are_joined() -> None:
    pairs = ["urls=a b", "depth=1", "urls=c?d=e"]

    assert read_arguments(pairs) == {"urls": "a b c?d=e", "depth": "1"}


@pytest.mark.parametrize("name", [*[*ARGUMENTS][1:], "unknown"])
def test_any_other_argument_is_given_once(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_arguments([f"{name}=a", f"{name}=a"])

    assert str(refused.value) == (
        f"-a {name} is given twice, as 'a' and as 'a'; give it once."
    )


def test_an_argument_has_a_value() -> None:
    with pytest.raises(BadInput, match=r"^-a depth has no value; use -a NAME=VALUE"):
        read_arguments(["depth"])
