"""The commands of this project: ``scrapy MODULE``.

Scrapy imports this package before it runs any command, its own included.
"""

import sys

from fpcrawler.console.log_records import make_logs_safe
from fpcrawler.console.streams import open_standard_streams
from fpcrawler.console.text import printable

open_standard_streams()
make_logs_safe()

# Scrapy prints the name of an unknown command as it is; no known one is changed.
for _number, _word in enumerate(sys.argv):
    if _number and not _word.startswith("-"):
        sys.argv[_number] = printable(_word)
        break
