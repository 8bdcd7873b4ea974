"""The commands of this project: ``scrapy MODULE``.

Scrapy imports this package before it runs any command, its own included.
"""

from fpcrawler.console.log_records import make_logs_safe

make_logs_safe()
