"""The limit of descriptors costs no host its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.many_hosts import crawl_hosts
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from pathlib import Path

HOSTS, DESCRIPTORS = 300, 128


@pytest.mark.skipif(not has_namespaces(), reason="network namespaces may not be made")
def test_more_hosts_than_descriptors_all_give_their_records(tmp_path: Path) -> None:
    crawled = crawl_hosts(tmp_path, HOSTS, DESCRIPTORS, CONCURRENT_REQUESTS=200)

    assert crawled.stats["test/descriptors"] < DESCRIPTORS
    assert crawled.failed == {}
    assert len(crawled.records) == HOSTS
    assert all(record["picture_sha256"] for record in crawled.records)
    assert "log_count/ERROR" not in crawled.stats
