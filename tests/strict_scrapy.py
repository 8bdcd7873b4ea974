"""``python -m tests.strict_scrapy``: Scrapy to which a deprecated idiom is an error.

An option ``-W error::scrapy.exceptions.ScrapyDeprecationWarning`` comes before
the interpreter can import Scrapy, and is ignored.
"""

from __future__ import annotations

import warnings

from scrapy.cmdline import execute
from scrapy.exceptions import ScrapyDeprecationWarning

if __name__ == "__main__":
    warnings.simplefilter("error", ScrapyDeprecationWarning)
    execute()
