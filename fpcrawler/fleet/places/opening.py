"""Open the place that a path or URI names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
from fpcrawler.fleet.places.folder import Folder


def place_of(uri: str) -> Place:
    """Return the place that ``--to`` names; raises BadInput."""
    if uri.startswith("s3://"):
        from fpcrawler.fleet.places.bucket import Bucket  # noqa: PLC0415 - boto3 takes 0.3 s

        return Bucket.of(uri)
    scheme, colon, _ = uri.partition("://")
    if colon:
        raise BadInput(f"--to {uri}: unsupported {scheme}://; use a folder or s3://….")
    root = Path(os.path.abspath(uri))  # noqa: PTH100 - other machines mount that path
    parent = next(path for path in (root, *root.parents) if path.exists())
    if not parent.is_dir():
        raise BadInput(f"--to {uri}: {parent} is a file; name a folder.")
    return Folder(root)
