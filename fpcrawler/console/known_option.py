"""The option that names known lists."""

from __future__ import annotations

import argparse


def add_known_option(group: argparse._ArgumentGroup, purpose: str) -> None:
    """Add ``--known LIST...``, which may be repeated; ``purpose`` is its help."""
    group.add_argument(
        "--known",
        metavar="LIST",
        nargs="+",
        action="extend",
        default=[],
        help=purpose,
    )
