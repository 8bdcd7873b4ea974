"""An evaluation as tables for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fpcrawler.console.text import count_in_words
from fpcrawler.evaluation.rate_text import rate_json, rate_text, shown
from fpcrawler.evaluation.retagging import EDITS
from fpcrawler.evaluation.template_text import template_json, template_lines

if TYPE_CHECKING:
    from fpcrawler.evaluation.experiment import Evaluation, Method
    from fpcrawler.evaluation.retags import Retags
    from fpcrawler.evaluation.scoring import Rate, Tally
    from fpcrawler.evaluation.templates import Templates
    from fpcrawler.evaluation.verifying import SecondLook

_MEGABYTE = 1_000_000
_WIDTHS = (28, 8, 8, 11, 25, 25, 10)
_HEAD = (
    *("method", "groups", "files", "redundant"),
    *("false merges (below)", "missed copies (below)", "retagged"),
)


def lines(
    evaluation: Evaluation, retags: Retags | None, templates: Templates | None
) -> Iterator[str]:
    """Yield the lines of the report; each rate has its upper bound beside it."""
    truth, images = evaluation.truth, evaluation.images
    total = sum(image.whole.size for image in images) / _MEGABYTE
    different = len({image.whole.sha256 for image in images})
    yield f"{len(images)} images, {total:.1f} MB, {different} different files"
    yield ""
    yield _row(*_HEAD)
    yield _row("whole files (the truth)", *_counts(truth), "", "", "")
    for method in evaluation.methods:
        yield _method_row(method)
    yield ""
    yield _row("prefix length", *_HEAD[1:])
    for method in evaluation.curve:
        yield _method_row(method)
    yield from _false_merges(evaluation)
    yield ""
    yield from _cost_lines(evaluation)
    if evaluation.second_look is not None:
        yield ""
        yield _second_look_line(evaluation.second_look)
    if retags is not None:
        yield ""
        yield from _retag_lines(retags)
    if templates is not None:
        yield ""
        yield from template_lines(templates)


def as_json(
    evaluation: Evaluation,
    retags: Retags | None,
    templates: Templates | None,
    *,
    folder: str,
    min_image_size: int,
) -> dict[str, Any]:
    """Return the numbers as JSON; the names are stable."""
    images = evaluation.images
    report: dict[str, Any] = {
        "folder": folder,
        "min_image_size": min_image_size,
        "images": len(images),
        "bytes": sum(image.whole.size for image in images),
        "different_files": len({image.whole.sha256 for image in images}),
        "lost": evaluation.lost,
        "truth": _counts_json(evaluation.truth),
        "methods": [_method_json(method, evaluation) for method in evaluation.methods],
        "curve": [_method_json(method, None) for method in evaluation.curve],
        "costs": {
            name: {
                "images": cost.images,
                "mean_size": cost.size,
                "mean_requests": cost.requests,
                "mean_bytes": cost.bytes,
            }
            for name, cost in evaluation.costs.items()
        },
    }
    if evaluation.second_look is not None:
        report["verify"] = evaluation.second_look._asdict()
    if retags is not None:
        report["retag"] = _retag_json(retags)
    if templates is not None:
        report["templates"] = template_json(templates)
    return report


def _row(*cells: str) -> str:
    first, *others = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
    return "".join([first, *others]).rstrip()


def _counts(tally: Tally) -> tuple[str, str, str]:
    return str(tally.groups), str(tally.files_in_groups), str(tally.redundant_copies)


def _method_row(method: Method) -> str:
    tally = method.tally
    return _row(
        _title(method),
        *_counts(tally),
        rate_text(tally.false_merges),
        rate_text(tally.missed_copies),
        str(tally.same_picture),
    )


def _title(method: Method) -> str:
    if method.prefix_bytes is None:
        return method.name
    first = f"first {method.prefix_bytes:,} bytes"
    return f"{first} and size" if method.name == "prefix and size" else first


def _false_merges(evaluation: Evaluation) -> Iterator[str]:
    for method in evaluation.methods:
        for number, group in enumerate(method.tally.false_groups, start=1):
            yield ""
            yield f"false merge {number} by {_title(method)}"
            for index in group:
                image = evaluation.images[index]
                yield f"  {image.whole.sha256[:16]}  {shown(image.name)}"


def _cost_lines(evaluation: Evaluation) -> Iterator[str]:
    yield f"{'format':<10}{'images':>8}{'mean size':>12}{'requests':>10}{'bytes':>10}"
    for name, cost in evaluation.costs.items():
        yield (
            f"{name:<10}{cost.images:>8}{cost.size:>12,.0f}"
            f"{cost.requests:>10.2f}{cost.bytes:>10,.0f}"
        )


def _second_look_line(look: SecondLook) -> str:
    """Return what all second looks took."""
    line = f"second look at {count_in_words(look.images, 'image')}"
    if not look.images:
        return line
    return (
        f"{line}, for each {look.requests / look.images:.2f} ranges "
        f"and {look.bytes / look.images:,.0f} bytes"
    )


def _retag_lines(retags: Retags) -> Iterator[str]:
    yield f"{'retagged copies':<30}{'found':>16}{'rate above':>12}  verdicts"
    kinds = sorted(retags.verdicts, key=lambda kind: (kind[0], EDITS.index(kind[1])))
    for kind in kinds:
        yield _retag_line(
            f"{kind[0]}, {kind[1]}", retags.found(kind), retags.counts(kind)
        )
    if kinds:
        yield _retag_line("all", retags.found(), retags.counts(*kinds))


def _retag_line(title: str, found: Rate, counts: dict[str, int]) -> str:
    count = f"{found.count} of {found.of}"
    rest = ", ".join(f"{verdict} {number}" for verdict, number in counts.items())
    return f"{title:<30}{count:>16}{found.lower:>12.2%}  {rest}".rstrip()


def _counts_json(tally: Tally) -> dict[str, int]:
    return {
        "groups": tally.groups,
        "files_in_groups": tally.files_in_groups,
        "redundant_copies": tally.redundant_copies,
    }


def _method_json(method: Method, evaluation: Evaluation | None) -> dict[str, Any]:
    """Return a method's numbers, with ``evaluation`` also its false merges by name."""
    tally = method.tally
    report: dict[str, Any] = {
        "method": method.name,
        "prefix_bytes": method.prefix_bytes,
        **_counts_json(tally),
        "false_merges": rate_json(tally.false_merges),
        "missed_copies": rate_json(tally.missed_copies),
        "same_picture": tally.same_picture,
    }
    if evaluation is not None:
        report["false_groups"] = [
            _files_json(evaluation, group) for group in tally.false_groups
        ]
    return report


def _files_json(evaluation: Evaluation, group: Sequence[int]) -> list[dict[str, str]]:
    images = [evaluation.images[index] for index in group]
    return [{"file": shown(i.name), "sha256": i.whole.sha256} for i in images]


def _retag_json(retags: Retags) -> dict[str, Any]:
    return {
        "all": rate_json(retags.found()),
        "kinds": [
            {
                "format": image_format,
                "edit": edit,
                "found": rate_json(retags.found((image_format, edit))),
                "verdicts": dict(counts),
            }
            for (image_format, edit), counts in retags.verdicts.items()
        ],
        "missed": [
            {"file": shown(name), "edit": edit, "verdict": verdict}
            for name, edit, verdict in retags.missed
        ],
    }
