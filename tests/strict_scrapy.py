"""``python -m tests.strict_scrapy``: Scrapy to which a deprecated idiom is an error.

An option ``-W error::scrapy.exceptions.ScrapyDeprecationWarning`` comes before
the interpreter can import Scrapy, and is ignored.
"""

from __future__ import annotations

import warnings

from scrapy.cmdline import execute
from scrapy.exceptions import ScrapyDeprecationWarning


def main() -> None:
    """Run the command of ``sys.argv``."""
    warnings.simplefilter("error", ScrapyDeprecationWarning)
    execute()


if __name__ == "__main__":
    main()
