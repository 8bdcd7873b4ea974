"""The lines that end a crawl, from its stats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.console.text import size_in_words

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
    lines += _unread("exif    {} not complete", stats, "metadata")
    lines += _unread("picture {} not reached", stats, "picture")
    if styles_failed := _by_reason(stats, "styles/failed/"):
        lines.append(f"styles  {', '.join(_part('failed', styles_failed))}")
    left_out = _by_reason(stats, "pages/left_out/")
    left_out |= _by_reason(stats, "images/left_out/")
    if left_out:
        listed = ", ".join(f"{name} {count}" for name, count in left_out.items())
        lines.append(f"left    out by {listed}")
    if rejected := stats.get("list/rejected", 0):
        lines.append(f"list    {rejected} lines name nothing")
    if "matches/digests" in stats:
        lines.append(f"known   {', '.join(_known(stats))}")
    lines.append(
        f"bytes   {size_in_words(stats.get('images/bytes_downloaded', 0))} read of "
        f"{size_in_words(stats.get('images/bytes_total', 0))} that the images have"
    )
    lines += [f"feed    {feed}" for feed in feeds]
    return lines


def _unread(line: str, stats: Mapping[str, Any], purpose: str) -> list[str]:
    """Tell of images that lack something, and why their requests failed."""
    count = stats.get(f"{purpose}/incomplete", 0)
    if not count:
        return []
    why = ", ".join(_part("requests failed", _by_reason(stats, f"{purpose}/failed/")))
    return [line.format(count) + (f": {why}" if why else "")]


def _known(stats: Mapping[str, Any]) -> list[str]:
    """Tell of the images that are on known lists, and how much these hold."""
    by_list = _by_reason(stats, "matches/list/")
    listed = ", ".join(f"{name} {count}" for name, count in by_list.items())
    images = f"{stats.get('matches/found', 0)} images" + (f" ({listed})" * bool(listed))
    return [
        f"{images} on lists of {stats['matches/digests']} digests",
        *_count("cells or rows are none", stats.get("matches/passed_over", 0)),
    ]


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
    listed = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
    return [f"{sum(reasons.values())} {name} ({listed})"]


def _count(name: str, count: int) -> list[str]:
    return [f"{count} {name}"] if count else []
