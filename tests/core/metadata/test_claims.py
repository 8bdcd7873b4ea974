from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.metadata.claims import (
    Action,
    actions_of,
    assertions_of,
    generator_of,
    is_actions,
)

if TYPE_CHECKING:
    from fpcrawler.core.metadata.cbor import Cbor

BASE64 = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(range(256))).decode()
LABEL = "(JPEG, 260 bytes)"


@pytest.mark.parametrize(
    ("claim", "generator"),
    [
        ({"claim_generator_info": {"name": "Editor", "version": "2"}}, "Editor 2"),
        ({"claim_generator_info": {"name": "Editor"}}, "Editor"),
        ({"claim_generator_info": [{"name": "A"}, {"name": "B"}]}, "A"),
        (
            {"claim_generator": "a/1 c2pa/2", "claim_generator_info": [{"name": "A"}]},
            "A",
        ),
        ({"claim_generator": "a/1 c2pa/2", "claim_generator_info": []}, "a/1 c2pa/2"),
        ({"claim_generator": "a/1", "claim_generator_info": {"version": "2"}}, "a/1"),
        ({"claim_generator": "a\0b"}, "a\ufffdb"),
        ({"claim_generator": BASE64}, LABEL),
        ({"claim_generator": 7}, None),
        ({"claim_generator_info": {"name": ["a"], "version": 3}}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_generator_is_name_and_version(claim: Cbor, generator: str | None) -> None:
    assert generator_of(claim) == generator


def test_the_assertions_of_all_lists_are_named() -> None:
    claim: Cbor = {
        "assertions": [{"url": "self#jumbf=c2pa.assertions/c2pa.actions"}],
        "created_assertions": [
            {"url": "self#jumbf=/c2pa/urn:c2pa:1/c2pa.assertions/c2pa.actions.v2__1"}
        ],
        "gathered_assertions": [{"url": 4}, {}, 5, {"url": "c2pa.hash.data"}],
    }

    assert assertions_of(claim) == {
        "c2pa.actions",
        "c2pa.actions.v2__1",
        "c2pa.hash.data",
    }


@pytest.mark.parametrize(
    ("label", "is_list"),
    [
        ("c2pa.actions", True),
        ("c2pa.actions.v2", True),
        ("c2pa.actions__3", True),
        ("c2pa.actions.v2__12", True),
        ("c2pa.actions.metadata", False),
        ("org.c2pa.actions", False),
        ("c2pa.thumbnail.claim", False),
    ],
)
def test_actions_are_known_by_the_label(label: str, is_list: bool) -> None:  # noqa: FBT001
    assert is_actions(label) == is_list


@pytest.mark.parametrize(
    ("assertion", "actions"),
    [
        (
            {"actions": [{"action": "c2pa.created", "softwareAgent": "Painter 3"}]},
            [Action(action="c2pa.created", software_agent="Painter 3")],
        ),
        (
            {
                "actions": [
                    {"action": "a", "softwareAgent": {"name": "P", "version": "3"}},
                    {"action": "b", "softwareAgentIndex": 1},
                    {"action": "c", "softwareAgentIndex": 2},
                    {"action": "d", "softwareAgentIndex": -1},
                ],
                "softwareAgents": [{"name": "Q"}, {"name": "R", "version": "1"}],
            },
            [
                Action(action="a", software_agent="P 3"),
                Action(action="b", software_agent="R 1"),
                Action(action="c"),
                Action(action="d"),
            ],
        ),
        (
            {"actions": [{"action": "a", "digitalSourceType": "uri"}]},
            [Action(action="a", digital_source_type="uri")],
        ),
        (
            {"actions": [{"action": BASE64, "softwareAgent": BASE64}]},
            [Action(action=LABEL, software_agent=LABEL)],
        ),
        ({"actions": [{"action": ""}, {"action": 4}, {}, 5, None]}, []),
        ({"actions": {"action": "a"}}, []),
        ({"actions": [{"action": "a", "softwareAgent": [{"name": "P"}]}]}, "a"),
        ("c2pa.created", []),
    ],
)
def test_actions_are_read_in_both_versions(
    assertion: Cbor, actions: list[Action] | str
) -> None:
    expected = [Action(action=actions)] if isinstance(actions, str) else actions

    assert list(actions_of(assertion)) == expected
