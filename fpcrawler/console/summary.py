"""The lines that end a crawl, from its stats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.console.figures import by_reason, figures_of
from fpcrawler.console.known_words import not_compared, sets_in_words
from fpcrawler.console.text import count_in_words, size_in_words

if TYPE_CHECKING:
    from fpcrawler.console.figures import Found
    from fpcrawler.feeds.outcome import Feed


_STOPPERS = {
    "shutdown": "by a signal",
    "feeds_unwritable": "because no feed can be written",
    "unreadable_list": "because the list cannot be read to its end",
}
_LIMIT = "closespider_"


def summary_lines(
    stats: Mapping[str, Any], feeds: list[Feed], going_on: str = ""
) -> list[str]:
    """Return the lines that end a crawl: pages, images, bytes, feeds.

    ``going_on``: how to go on, if the crawl was stopped.
    """
    figures = figures_of(stats)
    stopper = _stopper(str(stats.get("finish_reason", "finished")))
    lines = [f"stopped {stopper}"] if stopper else []
    lines.append(f"pages   {figures.pages.done} crawled{_rest(figures.pages)}")
    found, kept = figures.images.found, figures.images.done
    lines.append(f"images  {found} found: {kept} kept{_rest(figures.images)}")
    if figures.others:
        lines.append(f"others  {count_in_words(figures.others, 'file')} not an image")
    lines += _unread("metadata {} incomplete", stats, "metadata")
    lines += _unread("picture {} incomplete", stats, "picture")
    lines += _unread("proof   {} incomplete", stats, "proof")
    if styles_failed := by_reason(stats, "styles/failed/"):
        lines.append(f"styles  {', '.join(_part('failed', styles_failed))}")
    skipped = by_reason(stats, "pages/left_out/")
    skipped |= by_reason(stats, "images/left_out/")
    skipped |= by_reason(stats, "documents/cut/")
    if skipped:
        listed = ", ".join(f"{count} ({name})" for name, count in skipped.items())
        lines.append(f"skipped {listed}")
    if of_list := _list(stats, stopper):
        lines.append(f"list    {', '.join(of_list)}")
    whole = stats.get("local_digests/files", 0)
    unread = by_reason(stats, "local_digests/failed/")
    if whole or unread:
        parts = [
            f"{count_in_words(whole, 'file')} read whole",
            *_part("failed", unread),
        ]
        lines.append(f"digests {', '.join(parts)}")
    if "matches/digests" in stats:
        lines.append(f"known   {', '.join(_known(stats))}")
        lines += [f"known   {line}" for line in _not_compared(stats)]
    lines.append(
        f"bytes   {size_in_words(figures.bytes_read)} read of "
        f"{size_in_words(figures.bytes_total)} (all images)"
    )
    lines += [f"feed    {feed}" for feed in feeds]
    lines += [f"go on   {going_on}"] if stopper and going_on else []
    if small := stats.get("images/too_small_in_list", 0):
        listed_ones = count_in_words(small, "image")
        lines.append(
            f"note    {listed_ones} that you listed dropped as TooSmall; "
            "-s MIN_IMAGE_SIZE=0 keeps all"
        )
    return lines


def _stopper(reason: str) -> str:
    """Return what stopped a crawl, by Scrapy's finish reason; "" if it finished."""
    if reason.startswith(_LIMIT):
        return f"by {reason.upper()}"
    return "" if reason == "finished" else _STOPPERS.get(reason, f"({reason})")


def _rest(found: Found) -> str:
    """Return what became of the images or pages that are not done."""
    parts = [
        *_part("dropped", found.dropped),
        *_part("failed", found.failed),
        *_count("duplicate", found.duplicate),
        *_count("done before", found.done_before),
        *_count("not asked for", found.waiting),
    ]
    return "".join(f", {part}" for part in parts)


def _list(stats: Mapping[str, Any], stopper: str) -> list[str]:
    rejected = stats.get("list/rejected", 0)
    parts = [count_in_words(rejected, "invalid line")] if rejected else []
    if stopper and not stats.get("list/is_whole", True):
        parts.append("not read to its end")
    return parts


def _unread(line: str, stats: Mapping[str, Any], purpose: str) -> list[str]:
    """Return the line of images that lack something: of which kinds, and why."""
    count = stats.get(f"{purpose}/incomplete", 0)
    if not count:
        return []
    kinds = {
        name.removesuffix("/incomplete"): number
        for name, number in by_reason(stats, f"{purpose}/").items()
        if name.endswith("/incomplete")
    }
    failed = by_reason(stats, f"{purpose}/failed/")
    requests = "request" if sum(failed.values()) == 1 else "requests"
    why = ", ".join(_part(f"{requests} failed", failed))
    of = f" ({_listed(kinds)})" if kinds else ""
    return [line.format(count) + of + (f": {why}" if why else "")]


def _known(stats: Mapping[str, Any]) -> list[str]:
    """Return how many images are on known lists, and the size of the lists."""
    by_list = by_reason(stats, "matches/list/")
    images = count_in_words(stats.get("matches/found", 0), "image")
    images += f" ({_listed(by_list)})" if by_list else ""
    skipped = stats.get("matches/passed_over", 0)
    cells = "invalid cell or row" if skipped == 1 else "invalid cells or rows"
    return [
        f"{images} on lists of {count_in_words(stats['matches/digests'], 'digest')}",
        *sets_in_words(by_reason(stats, "matches/set/")),
        *_count(cells, skipped),
    ]


def _not_compared(stats: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each list that some images have no digest for."""
    for name, comparable in by_reason(stats, "matches/comparable/").items():
        kinds = stats[f"matches/kinds/{name}"]
        line = not_compared(name, kinds, comparable, stats.get("matches/images", 0))
        if line:
            yield line


def _part(name: str, reasons: Mapping[str, int]) -> list[str]:
    if not reasons:
        return []
    return [f"{sum(reasons.values())} {name} ({_listed(reasons)})"]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _count(name: str, count: int) -> list[str]:
    return [f"{count} {name}"] if count else []
