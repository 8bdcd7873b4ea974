"""Renderings of a template: the same picture with another text in one small box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from PIL.ImageFont import ImageFont as Font

    from fpcrawler.evaluation.templating.encodings import Mode

_COLOURS = 254
"""Of the palette; the last two colours are the box's own, black and white."""
_BLACK_AND_WHITE = (0, 0, 0, 255, 255, 255)
_MARGIN = 2


def _clock(number: int) -> str:
    minutes, seconds = divmod(number % 86_400, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _line(number: int) -> str:
    return f"Order {number:06}, {number % 97 + 1} items, {number % 8_861 / 10:.2f}"


_KINDS: tuple[Callable[[int], str], ...] = (_clock, _line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A picture, in each mode, and its box: left, top, right, bottom in pixels."""

    pictures: dict[Mode, Image.Image]
    box: tuple[int, int, int, int]
    texts: tuple[str, ...]
    font: Font

    def renderings(self, mode: Mode) -> list[Image.Image]:
        """Return one picture for each text."""
        return [self._rendering(self.pictures[mode], text) for text in self.texts]

    def _rendering(self, picture: Image.Image, text: str) -> Image.Image:
        has_palette = picture.mode == "P"
        black, white = (_COLOURS, _COLOURS + 1) if has_palette else ("black", "white")
        rendering = picture.copy()
        pen = ImageDraw.Draw(rendering)
        pen.rectangle(self.box, fill=white)
        at = self.box[0] + _MARGIN, self.box[1] + _MARGIN
        pen.text(at, text, fill=black, font=self.font)
        return rendering


def template_of(picture: Image.Image, count: int, *, seed: str) -> Template:
    """Make a template with ``count`` texts; equal arguments give an equal one.

    ``picture`` is in RGB. The box may reach beyond a small picture: its renderings
    can be equal then.
    """
    dice = Random(seed)  # noqa: S311 - no secret
    text, font = dice.choice(_KINDS), ImageFont.load_default_imagefont()
    texts = tuple(map(text, dice.sample(range(86_400), count)))
    _, _, width, height = map(int, font.getbbox(max(texts, key=len)))
    width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
    left = dice.randrange(max(1, picture.width - width))
    top = dice.randrange(max(1, picture.height - height))
    return Template(
        pictures={"RGB": picture, "P": _with_palette(picture)},
        box=(left, top, left + width, top + height),
        texts=texts,
        font=font,
    )


def _with_palette(picture: Image.Image) -> Image.Image:
    """Return a copy with one palette for all renderings, as programs draw them."""
    copy = picture.quantize(_COLOURS)
    colours = (copy.getpalette() or [])[: 3 * _COLOURS]
    colours += [0] * (3 * _COLOURS - len(colours))
    copy.putpalette([*colours, *_BLACK_AND_WHITE])
    return copy
