from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree

from fpcrawler.exports.cases.dfxml import NAMESPACE, write_dfxml
from tests.exports.records import HOSTILE
from tests.exports.test_tables import BARE, FULL

if TYPE_CHECKING:
    from lxml.etree import _Element

# The order of dfxml.xsd, of what is written.
ROOT = ["metadata", "creator", "source"]
FILE = ["filename", "id", "name_type", "filesize", "byte_runs", "hashdigest"]


def objects(*records: dict[str, Any]) -> list[_Element]:
    file = BytesIO()
    assert write_dfxml(records, file) == len(records)
    root = etree.fromstring(file.getvalue())
    assert root.tag == f"{{{NAMESPACE}}}dfxml"
    assert names(root) == [*ROOT, *["fileobject"] * len(records)]
    return root.findall("{*}fileobject")


def names(element: _Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


def test_a_file_has_its_size_its_spans_and_its_digests() -> None:
    (found,) = objects(FULL)
    runs = [dict(run.attrib) for run in found.iterfind("{*}byte_runs/{*}byte_run")]
    digests = {each.get("type"): each.text for each in found.iterfind("{*}hashdigest")}

    assert [*dict.fromkeys(names(found))] == FILE
    assert found.findtext("{*}filename") == FULL["url"]
    assert found.findtext("{*}filesize") == "30000"
    assert runs == [
        {"file_offset": "0", "len": "10241", "type": "head"},
        {"file_offset": "0", "len": "10241", "type": "read"},
        {"file_offset": "30", "len": "34", "type": "exif"},
    ]
    assert digests == {"md5": "23" * 16, "sha256": "45" * 32}
    assert found.findtext("{*}byte_runs/{*}byte_run[1]/{*}hashdigest") == "ab" * 32


def test_the_head_of_a_file_of_unknown_size_ends_where_the_reading_did() -> None:
    record = {**FULL, "image_size": None, "spans": [[0, 900, "read"]]}
    (found,) = objects(record)
    head, *_ = found.iter("{*}byte_run")

    assert head.attrib["len"] == "900"
    assert found.find("{*}filesize") is None


def test_hostile_values_are_texts() -> None:
    bare, hostile = objects(BARE, HOSTILE)

    assert names(bare) == ["filename", "id", "name_type", "byte_runs"]
    assert "]]><b>" in (hostile.findtext("{*}filename") or "")
    assert [dict(run.attrib) for run in hostile.iter("{*}byte_run")] == [
        {"file_offset": "0", "len": "9", "type": "\ufffd"}
    ]
