from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.commands import ROOT, environment


def test_a_crawl_imports_nothing_that_it_has_no_use_for(tmp_path: Path) -> None:
    """A fleet starts a crawl for each shard; NumPy alone would take 0.1 s."""
    folder = f"folder={ROOT / 'examples' / 'gallery'}"
    child = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "scrapy", "crawl", "images"),
            *("-a", folder, "-O", "feed.json"),
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {
        line.rpartition("|")[2].strip()
        for line in child.stderr.splitlines()
        if line.startswith("import time:")
    }

    assert "fpcrawler.crawl.frontier" in imported
    useless = {
        *("numpy", "duckdb", "boto3", "redis", "dramatiq", "matplotlib"),
        *("playwright", "smart_open", "fpcrawler.evaluation.experiment"),
        *("stix2", "pymisp"),
    }
    assert imported & useless == set()
