"""Real files by class, where they are: ../shared/corpus, with its README."""

from __future__ import annotations

import io
from pathlib import Path

import exifread
import pytest
from exifread.core.find_exif import determine_type

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

NO_CORPUS = pytest.param(
    None, id="corpus", marks=pytest.mark.skip(reason="the corpus is missing")
)


def files(*folders: str, up_to: int | None = None) -> list[Path]:
    """Return the files in the folders, all folders if none is named."""
    return sorted(
        path
        for folder in folders or ("*",)
        for path in CORPUS.glob(f"{folder}/**/*")
        if path.is_file() and (up_to is None or path.stat().st_size <= up_to)
    )


def each(paths: list[Path]) -> pytest.MarkDecorator:
    params = [
        pytest.param(path, id=str(path.relative_to(CORPUS))[:60]) for path in paths
    ]
    return pytest.mark.parametrize("path", params or [NO_CORPUS])


def exifread_of(data: bytes) -> dict[str, str]:
    """Return the whole file's tags as exifread prints them.

    Less those whose own bytes lie beyond the end of the file: it prints zeros.
    """
    tags = exifread.process_file(
        io.BytesIO(data), details=False, extract_thumbnail=False
    )
    if not tags:
        return {}
    offset, _, _ = determine_type(io.BytesIO(data))
    return {
        name: str(tag)
        for name, tag in tags.items()
        if offset + tag.field_offset + tag.field_length <= len(data)
    }
