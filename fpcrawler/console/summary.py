"""The lines that end a crawl, from its stats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.console.known_words import not_compared, sets_in_words
from fpcrawler.console.text import count_in_words, size_in_words

if TYPE_CHECKING:
    from fpcrawler.feeds.outcome import Feed


def summary_lines(stats: Mapping[str, Any], feeds: list[Feed]) -> list[str]:
    """Return the lines that end a crawl: pages, images, bytes, feeds."""
    dropped = _by_reason(stats, "item_dropped_reasons_count/")
    images_failed = _by_reason(stats, "images/failed/")
    pages_failed = _by_reason(stats, "pages/failed/")
    pages = [
        f"{stats.get('pages/crawled', 0)} crawled",
        *_part("failed", pages_failed),
        *_count("duplicate", stats.get("pages/duplicates", 0)),
        *_count("done before", stats.get("pages/done_before", 0)),
    ]
    found, kept = stats.get("images/found", 0), stats.get("item_scraped_count", 0)
    images = [
        f"{found} found: {kept} kept",
        *_part("dropped", dropped),
        *_part("failed", images_failed),
        *_count("duplicate", stats.get("images/duplicates", 0)),
        *_count("done before", stats.get("images/done_before", 0)),
    ]
    lines = [f"pages   {', '.join(pages)}", f"images  {', '.join(images)}"]
    lines += _unread("metadata {} incomplete", stats, "metadata")
    lines += _unread("picture {} incomplete", stats, "picture")
    lines += _unread("proof   {} incomplete", stats, "proof")
    if styles_failed := _by_reason(stats, "styles/failed/"):
        lines.append(f"styles  {', '.join(_part('failed', styles_failed))}")
    skipped = _by_reason(stats, "pages/left_out/")
    skipped |= _by_reason(stats, "images/left_out/")
    if skipped:
        listed = ", ".join(f"{count} ({name})" for name, count in skipped.items())
        lines.append(f"skipped {listed}")
    if rejected := stats.get("list/rejected", 0):
        lines.append(f"list    {count_in_words(rejected, 'invalid line')}")
    whole = stats.get("local_digests/files", 0)
    unread = _by_reason(stats, "local_digests/failed/")
    if whole or unread:
        parts = [f"{whole} files read whole", *_part("failed", unread)]
        lines.append(f"digests {', '.join(parts)}")
    if "matches/digests" in stats:
        lines.append(f"known   {', '.join(_known(stats))}")
        lines += [f"known   {line}" for line in _not_compared(stats)]
    lines.append(
        f"bytes   {size_in_words(stats.get('images/bytes_downloaded', 0))} read of "
        f"{size_in_words(stats.get('images/bytes_total', 0))} (all images)"
    )
    lines += [f"feed    {feed}" for feed in feeds]
    return lines


def _unread(line: str, stats: Mapping[str, Any], purpose: str) -> list[str]:
    """Return the line of images that lack something: of which kinds, and why."""
    count = stats.get(f"{purpose}/incomplete", 0)
    if not count:
        return []
    kinds = {
        name.removesuffix("/incomplete"): number
        for name, number in _by_reason(stats, f"{purpose}/").items()
        if name.endswith("/incomplete")
    }
    why = ", ".join(_part("requests failed", _by_reason(stats, f"{purpose}/failed/")))
    of = f" ({_listed(kinds)})" if kinds else ""
    return [line.format(count) + of + (f": {why}" if why else "")]


def _known(stats: Mapping[str, Any]) -> list[str]:
    """Return how many images are on known lists, and the size of the lists."""
    by_list = _by_reason(stats, "matches/list/")
    images = f"{stats.get('matches/found', 0)} images"
    images += f" ({_listed(by_list)})" if by_list else ""
    return [
        f"{images} on lists of {stats['matches/digests']} digests",
        *sets_in_words(_by_reason(stats, "matches/set/")),
        *_count("invalid cells or rows", stats.get("matches/passed_over", 0)),
    ]


def _not_compared(stats: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each list that some images have no digest for."""
    for name, comparable in _by_reason(stats, "matches/comparable/").items():
        kinds = stats[f"matches/kinds/{name}"]
        line = not_compared(name, kinds, comparable, stats.get("matches/images", 0))
        if line:
            yield line


def _by_reason(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    found = {
        name.removeprefix(prefix): count
        for name, count in stats.items()
        if name.startswith(prefix)
    }
    return dict(sorted(found.items(), key=lambda reason: (-reason[1], reason[0])))


def _part(name: str, reasons: dict[str, int]) -> list[str]:
    if not reasons:
        return []
    return [f"{sum(reasons.values())} {name} ({_listed(reasons)})"]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _count(name: str, count: int) -> list[str]:
    return [f"{count} {name}"] if count else []
