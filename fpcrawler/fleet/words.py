"""The words of ``scrapy fleet``: what each takes, and its help."""

from __future__ import annotations

from dataclasses import dataclass

from fpcrawler.console.program import program


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word: its effect in a sentence, the options it accepts, and what it needs."""

    help: str
    options: tuple[str, ...]
    needs: str = ""
    has_list: bool = False

    def usage(self, name: str) -> str:
        """Return the command line in general."""
        given = " LIST --to PLACE" if self.has_list else self.needs
        return f"{program()} fleet {name}{given} [options]"


WORDS = {
    "run": Word(
        help="Crawl a list in processes of this machine; continues where it stopped.",
        options=("to", "local", "retry", "without_failed", "arguments"),
        has_list=True,
    ),
    "submit": Word(
        help="Cut a list into shards and put them into the queue in Redis.",
        options=("to", "redis", "arguments"),
        has_list=True,
    ),
    "work": Word(
        help="Crawl shards from the queue in Redis until it is stopped.",
        options=("redis", "processes"),
    ),
    "plan": Word(
        help="Cut a list into shards without Redis; prints the number of chains, "
        "which is the size of an array of jobs.",
        options=("to", "arguments"),
        has_list=True,
    ),
    "crawl": Word(
        help="Crawl one chain of shards in this process, as a job of an array; ends "
        "with 0 if all its shards are done, else with 4.",
        options=("to", "chain", "retry"),
        needs=" --to PLACE --chain N",
    ),
    "status": Word(
        help="Print what is done, running, failed and left.",
        options=("to", "redis", "json"),
    ),
    "collect": Word(
        help="Check that all shards are done, and write collected.json; enqueues "
        "shards that the queue has lost.",
        options=("to", "redis", "retry", "without_failed"),
    ),
}

OPTIONS = {
    "to": ("PLACE", "folder or s3://BUCKET/PREFIX for shards and results"),
    "redis": ("URL", "redis://HOST:PORT/DB, by default the setting FLEET_REDIS"),
    "processes": ("N", "crawls at the same time, by default one per processor"),
    "local": ("N", "crawls at the same time, by default one per processor"),
    "chain": ("N", "the chain to crawl, from 0 on"),
}
"""Options with a value: its name, and what it means."""
FLAGS = {
    "json": "print JSON",
    "retry": "crawl again what failed, shards and URLs",
    "without_failed": "accept a result without what failed",
}
