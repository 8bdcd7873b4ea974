"""Format the groups of duplicates as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from fpcrawler.console.text import count_in_words, printable, size_in_words
from fpcrawler.core.fingerprint.rules import PROVEN, VerdictName
from fpcrawler.core.fingerprint.verdicts import SHARES, next_step
from fpcrawler.duplicates.groups import MAX_HOSTS

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.verdicts import Grounds
    from fpcrawler.duplicates.groups import Group, Shared, Totals

_WIDTH = max(map(len, VerdictName))
_LOCAL = "(this disk)"


def group_lines(groups: Iterable[Group]) -> Iterator[str]:
    """Yield a line for each group, its next step, and the URLs of its images."""
    for group in groups:
        size = size_in_words(group.bytes)
        yield (
            f"{group.verdict:<{_WIDTH}} {group.count:>7,} images {size:>9}  "
            f"{in_words(group)}\n"
            f"  ({step_in_words(group)})\n"
        )
        yield from (f"    {printable(url)}\n" for url in group.images)


def shared_lines(shared: Iterable[Shared], crowded: int) -> Iterator[str]:
    """Yield a table of the hosts that share images: how many groups, by verdict.

    ``crowded``: how many groups are missing from it, as they are on too many hosts.
    """
    yield "".join(f"{name:>{_WIDTH + 1}}" for name in VerdictName) + "  hosts\n"
    for pair in shared:
        counts = "".join(f"{count:>{_WIDTH + 1},}" for count in pair.counts)
        hosts = "  ".join(printable(host) or _LOCAL for host in pair.hosts)
        yield f"{counts}  {hosts}\n"
    if crowded:
        groups = count_in_words(crowded, "group")
        yield f"(without {groups} on more than {MAX_HOSTS} hosts)\n"
    yield "\n"


def closing_line(totals: Sequence[Totals]) -> str:
    """Return the totals in one line: proven groups first, then the others."""
    proven = [total for total in totals if total.verdict in PROVEN]
    others = [total for total in totals if total.verdict not in PROVEN]
    groups = sum(total.groups for total in proven)
    images = sum(total.images for total in proven)
    size = size_in_words(sum(total.redundant_bytes for total in proven))
    parts = [f"{count_in_words(groups, 'group')} of {count_in_words(images, 'image')}"]
    if proven:
        named = ", ".join(f"{total.groups:,} {total.verdict}" for total in proven)
        copies = "copy" if images - groups == 1 else "copies"
        parts[0] += f" ({named}): {images - groups:,} redundant {copies}, {size}"
    parts += [f"{total.groups:,} {total.verdict}" for total in others]
    return "; ".join(parts) + "\n"


def in_words(group: Group) -> str:
    """Return which digest, or how many bytes, were compared."""
    evidence = group.evidence
    if evidence.digest is not None:
        return f"{evidence.digest} of the whole file"
    if group.verdict is VerdictName.IDENTICAL:
        return f"all {evidence.bytes:,} bytes"
    return _compared(evidence)


def step_in_words(group: Group) -> str:
    """Return what was not compared, and what to do about it."""
    evidence = group.evidence
    return next_step(
        group.verdict,
        is_all=evidence.share == 1,
        has_blocks=evidence.blocks > 0,
        doubt=group.doubt,
    )


def _compared(evidence: Grounds) -> str:
    if not evidence.bytes:
        return "different parts from image to image"  # a chain
    parts = ["the end"] if evidence.has_ends else []
    if evidence.blocks:
        parts.append(count_in_words(evidence.blocks, "block"))
    included = f", {' and '.join(parts)} included" if parts else ""
    share = f" ({_percent(evidence.share)})" if evidence.share is not None else ""
    return (
        f"{evidence.bytes:,} bytes{included}; {evidence.coded:,} coded{share}, "
        f"{evidence.deflated:,} deflated"
    )


def _percent(share: float) -> str:
    return f"{share:.2%}" if share else f"below {1 / SHARES:.2%}"
