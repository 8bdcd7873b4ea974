"""The commands of this project: ``scrapy MODULE``.

Scrapy imports this package before it runs any command, its own included.
"""

import sys

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.log_records import make_logs_safe
from fpcrawler.console.program import instead_of, program
from fpcrawler.console.starting import end_on_ctrl_c
from fpcrawler.console.streams import open_standard_streams, say
from fpcrawler.console.text import printable

end_on_ctrl_c()
open_standard_streams()
make_logs_safe()

# Scrapy prints the name of an unknown command as it is; no known one is changed.
for _number, _word in enumerate(sys.argv):
    if _number and not _word.startswith("-"):
        if _advice := instead_of(_word):
            say(f"{program()}: {_advice}\n")
            sys.exit(ExitCode.BAD_INPUT)
        sys.argv[_number] = printable(_word)
        break
