"""img2dataset, which loads whole images, with EXIF and SHA-256 of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat


def command(heat: Heat) -> list[str] | None:
    """Return the command; None for pages, or without its environment."""
    if heat.are_pages or heat.img2dataset is None:
        return None
    return [
        *("env", "-u", "PYTHONPATH", "NO_ALBUMENTATIONS_UPDATE=1"),
        *(str(heat.img2dataset), "-m", "img2dataset.main"),
        *("--url_list", str(heat.urls_file), "--output_folder", "out"),
        *("--output_format", "parquet", "--resize_mode", "no"),
        *("--extract_exif", "True", "--compute_hash", "sha256"),
        *("--processes_count", "1", "--thread_count", str(heat.connections)),
    ]
