"""PSD and PSB: https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_HEADER = 26
_LARGE = 2
_MAX_COLOURS = 4_096
"""More than a palette of 256 colours, or Photoshop's curves of a duotone, have."""


def read(draft: Draft) -> None:
    """Read a Photoshop file: header, colour mode, resources, layers, picture."""
    header = draft.exactly(0, _HEADER)
    draft.height = int.from_bytes(header[14:18], "big")
    draft.width = int.from_bytes(header[18:22], "big")
    colours = draft.number(_HEADER, 4)
    resources = _HEADER + 4 + colours
    length = draft.number(resources, 4)
    read_resources(draft, [Extent(resources + 4, length)])

    layers = resources + 4 + length
    word = 8 if header[4:6] == _LARGE.to_bytes(2, "big") else 4
    picture = layers + word + draft.number(layers, word)
    palette = draft.deciding(draft.file.at, _HEADER + 4, min(colours, _MAX_COLOURS))
    draft.set_picture(
        Extent(picture, draft.file.size - picture),
        # The version; channels, depth, mode; the colours of this mode.
        parameters=[header[4:6], header[12:], *palette],
        is_constant_size=True,
    )
