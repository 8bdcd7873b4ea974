"""The verdicts on renderings of templates, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.evaluation.rate_text import rate_json, rate_text, shown

if TYPE_CHECKING:
    from fpcrawler.evaluation.templates import Templates

_HEAD = ("renderings of a template", "pairs", "copies (below)", *VerdictName)
_WIDTHS = (28, 10, 25, *(max(len(name) + 2, 10) for name in VerdictName))


def template_lines(templates: Templates) -> Iterator[str]:
    """Yield a row for each format: how many pairs got which verdict."""
    failed = len(templates.failed)
    yield (
        f"{templates.pictures} pictures, {templates.renderings} renderings of each; "
        f"{failed} files could not be decoded"
    )
    yield _row(*_HEAD)
    for name in templates.pairs:
        yield _format_row(templates, name, name)
    if templates.pairs:
        yield _format_row(templates, "all", *templates.pairs)


def template_json(templates: Templates) -> dict[str, Any]:
    """Return the same numbers as JSON, and the files of the false verdicts."""
    return {
        "renderings": templates.renderings,
        "pictures": templates.pictures,
        "failed": [shown(name) for name in templates.failed],
        "all": rate_json(templates.called_copies()),
        "formats": [
            {
                "format": name,
                "copies": rate_json(templates.called_copies(name)),
                "verdicts": {**templates.counts(name)},
            }
            for name in templates.pairs
        ],
        "false": [
            {"file": shown(file), "format": name, "verdict": verdict, "pairs": pairs}
            for (file, name, verdict), pairs in templates.false.items()
        ],
    }


def _format_row(templates: Templates, title: str, *formats: str) -> str:
    rate, counts = templates.called_copies(*formats), templates.counts(*formats)
    numbers = (str(counts[verdict]) for verdict in VerdictName)
    return _row(title, str(rate.of), rate_text(rate), *numbers)


def _row(first: str, *others: str) -> str:
    cells = zip(others, _WIDTHS[1:], strict=True)
    return f"{first:<{_WIDTHS[0]}}" + "".join(f"{cell:>{at}}" for cell, at in cells)
