"""All defaults, each once, in the order in which an image meets them."""

from __future__ import annotations

import os

from fpcrawler.items import RECORD_FIELDS

BOT_NAME = "fpcrawler"
SPIDER_MODULES = ["fpcrawler.spiders"]
COMMANDS_MODULE = "fpcrawler.commands"

# --- What to crawl ---------------------------------------------------------
URLS_FILE = "urls.txt"  # path or URI of the list, if no argument names one
URLS_FILE_ORIGIN = ""  # of a copied list: a URL, or "elsewhere"; "": you wrote it
URLS_AHEAD = 1_000  # the list is read while fewer requests wait in memory
PRIVATE_ADDRESSES = "listed"  # reach those of listed hosts and ports; "deny"; "allow"

FOLLOW_STYLESHEETS = False  # also look for images in the style sheets of pages
PAGES_FEED = ""  # a file of all pairs of page and image, as JSON Lines; "": none

# --- Politeness ------------------------------------------------------------
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "fpcrawler"  # the name that a robots.txt can address
ROBOTSTXT_UNREACHABLE = "disallow"  # a site whose robots.txt fails; or "allow"
RESPECT_RESERVATIONS = False  # leave out what noindex, noai, TDMRep … reserve
USER_AGENT_CONTACT = ""  # a URL or e-mail: names the crawler and you; "": a browser
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 4
DOWNLOAD_DELAY = 0.0  # seconds between two requests to one host
COOKIES_ENABLED = False

# --- Tor -------------------------------------------------------------------
TOR_PROXIES = ["socks5h://127.0.0.1:9050"]  # each onion always uses the same one
TOR_LINKED_CLEARNET = "tor"  # route of clear-web links of onion pages; or "drop"
TOR_CONCURRENT_REQUESTS = 32  # of CONCURRENT_REQUESTS; the rest stay for the web
TOR_CONCURRENT_REQUESTS_PER_ONION = 8
TOR_DOWNLOAD_TIMEOUT = 60.0  # seconds for a whole response, with the circuit
TOR_USER_AGENT = (  # Tor Browser's, for all requests through Tor
    "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
)

# --- Limits ----------------------------------------------------------------
DNS_TIMEOUT = 5.0  # seconds
DOWNLOAD_TIMEOUT = 30.0  # seconds for a whole response
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # bytes of a page; images stop at their sample
DOCUMENT_CPU_SECONDS = 20  # to read one page, style sheet or list
DOCUMENT_MEMORY = 768  # MB of the process that reads a large one
URLLENGTH_LIMIT = 0  # off: MAX_URL_CHARS (core/web) also counts what it skips
HOST_TIMEOUT = 600.0  # seconds without a usable reply until a host is given up
RETRY_TIMES = 2  # retries of a request
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 slow the host
RETRY_EXCEPTIONS = [  # a host name that does not exist is not retried
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
]
REACTOR_THREADPOOL_MAXSIZE = 20  # concurrent DNS look-ups
TWISTED_DNS_RESOLVER = "fpcrawler.handlers.resolver.HostResolver"

# --- Requests --------------------------------------------------------------
DOWNLOAD_VERIFY_CERTIFICATES = True
REQUEST_FINGERPRINTER_CLASS = "fpcrawler.crawl.requests.RangeFingerprinter"
# Used if the list of browsers cannot be loaded. Only a string works.
FAKEUSERAGENT_FALLBACK = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
DOWNLOADER = "fpcrawler.crawl.downloader.PoliteDownloader"
DUPEFILTER_CLASS = "fpcrawler.resume.dupefilter.ResumingDupeFilter"
SCHEDULER_PRIORITY_QUEUE = "fpcrawler.crawl.queue.PatientPriorityQueue"
DOWNLOADER_MIDDLEWARES = {
    # Looks for allowed_domains, which the spider does not have.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "fpcrawler.middlewares.rendering.RenderingMiddleware": 45,
    "fpcrawler.middlewares.addresses.AddressesMiddleware": 50,
    "fpcrawler.tor.middleware.TorMiddleware": 60,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "fpcrawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "fpcrawler.middlewares.user_agent.UserAgentMiddleware": 500,
    "fpcrawler.middlewares.checksums.ChecksumsMiddleware": 510,
    # Closer to the server than Scrapy's retries, at 550.
    "fpcrawler.middlewares.ranges.RangesMiddleware": 555,
    "fpcrawler.tor.retry.TorRetryMiddleware": 560,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "fpcrawler.middlewares.redirects.MetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "fpcrawler.middlewares.compression.PageCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "fpcrawler.middlewares.redirects.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "fpcrawler.middlewares.cookies.CookiesMiddleware": 700,
    "fpcrawler.tor.headers.TorHeadersMiddleware": 740,
    "fpcrawler.middlewares.referrer.ReferrerMiddleware": 745,
    "fpcrawler.middlewares.authorization.AuthorizationMiddleware": 750,
}
SPIDER_MIDDLEWARES = {
    "fpcrawler.tor.notice.TorNotice": 100,
    # Sets a key of meta that nothing reads.
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    # Looks for a mistake in the code of a spider.
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DOWNLOAD_HANDLERS = {
    "http": "fpcrawler.handlers.web.WebDownloadHandler",
    "https": "fpcrawler.handlers.web.WebDownloadHandler",
    "file": "fpcrawler.handlers.file.FileDownloadHandler",
    "data": None,
    "ftp": None,
    "s3": None,
}
EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "fpcrawler.feeds.exporter.TruthfulFeedExporter": 0,
    "fpcrawler.crawl.sampling.Sampling": 100,
    "fpcrawler.console.progress.Progress": 200,
    "fpcrawler.feeds.page_pairs.PagePairs": 300,
    "fpcrawler.resume.notes.ResumeNotes": 400,
    "fpcrawler.resume.earlier_runs.EarlierRuns": 450,
    "fpcrawler.verify.in_crawl.VerifyInCrawl": 500,
    "fpcrawler.resume.run_record.RunRecord": 600,
    "fpcrawler.resume.failed_file.FailedFile": 800,
    "fpcrawler.feeds.stats_file.StatsFile": 900,
}

# --- JavaScript ------------------------------------------------------------
RENDER_PAGES = False  # run the scripts of pages; needs requirements-js.txt
RENDER_MEMORY = 1_024  # MB for each process of the browser that shows pages
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 4  # concurrent tabs
PLAYWRIGHT_LAUNCH_OPTIONS = {
    "executable_path": "/usr/bin/chromium",
    "handle_sigint": False,  # the crawl closes the browser when it ends
    # No network for the browser: nothing listens at this proxy; it also covers
    # loopback.
    "proxy": {"server": "http://127.0.0.1:0", "bypass": "<-loopback>"},
    "args": [
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
    ],
    # Chromium's sandbox refuses to run as root.
    "chromium_sandbox": os.geteuid() != 0,
}

# --- From sample to record -------------------------------------------------
MIN_IMAGE_SIZE = 20_480  # bytes; images of this size or smaller are dropped; 0: none
METADATA_KINDS = ["exif", "xmp", "iptc", "texts", "provenance"]  # to be fetched
METADATA_MAX_REQUESTS = 8  # for one image, beyond its sample; 0: none
METADATA_MAX_BYTES = 262_144  # for one image, beyond its sample; 0: none
PICTURE_FINGERPRINT = True  # of the coded data; costs one request, rarely up to four
LOCAL_DIGESTS: list[str] = []  # of md5, sha1, sha256: read local files whole for them
VERIFY_BLOCKS = 4  # blocks of 1 KB of an image that -a verify= looks at; 0 to 4
VERIFY_IN_CRAWL = False  # look again at likely copies before the crawl ends
KNOWN_LISTS: list[str] = []  # paths, globs of lists; =good or =bad may follow
ITEM_PIPELINES = {
    "fpcrawler.pipelines.format.FormatPipeline": 100,
    "fpcrawler.pipelines.reservations.ReservationsPipeline": 150,
    "fpcrawler.pipelines.size.SizePipeline": 200,
    "fpcrawler.pipelines.reading.ReadingPipeline": 300,
    "fpcrawler.pipelines.proof.ProofPipeline": 350,
    "fpcrawler.pipelines.fingerprint.FingerprintPipeline": 400,
    "fpcrawler.pipelines.local_digests.LocalDigestsPipeline": 500,
    "fpcrawler.pipelines.matches.MatchesPipeline": 800,
    "fpcrawler.pipelines.record.RecordPipeline": 900,
}

# --- Feeds -----------------------------------------------------------------
# With the process id, because two crawls can start in the same second.
FEEDS = {f"data/images-%(time)s-{os.getpid()}.json": {"format": "json"}}
FEED_EXPORT_FIELDS = RECORD_FIELDS
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_INDENT = 4
FEED_EXPORTERS = {
    "json": "fpcrawler.feeds.formats.LiveJsonExporter",
    "jsonlines": "fpcrawler.feeds.formats.JsonLinesExporter",
    "jsonl": "fpcrawler.feeds.formats.JsonLinesExporter",
    "jl": "fpcrawler.feeds.formats.JsonLinesExporter",
    "csv": "fpcrawler.feeds.formats.CsvExporter",
    # No command reads these, and unpickling runs what the file says.
    **dict.fromkeys(("xml", "marshal", "pickle")),
}
FEED_STORAGES = {
    "": "fpcrawler.feeds.storage.LiveFileStorage",
    "file": "fpcrawler.feeds.storage.LiveFileStorage",
    "stdout": "fpcrawler.feeds.storage.StdoutStorage",
}

# --- The fleet -------------------------------------------------------------
FLEET_REDIS = "redis://127.0.0.1:6379/0"  # queue of shards; --redis overrides it
FLEET_SHARD_URLS = 5_000  # minimum per shard; the maximum is twice that
FLEET_SHARD_TIMEOUT = 21_600  # seconds for the crawl of a shard
FLEET_SHARD_MEMORY = 1_024  # MB for the crawl of a shard
FLEET_RETRY_TIMES = 4  # retries of a failed shard
FLEET_RETRY_DELAY = 30.0  # seconds before the first retry; doubles each time
FLEET_LEASE = 60.0  # seconds without a heartbeat until others take a shard
FAILED_FILE = ""  # a file for what fails in a crawl, as gzipped JSON Lines; "": none
STATS_FILE = ""  # a file for the stats of a finished crawl, as JSON; "": none

# --- The process -----------------------------------------------------------
STATS_CLASS = "fpcrawler.crawl.stats.Stats"
DOWNLOADER_STATS = False  # Scrapy's: it writes each request again, to measure it
PROGRESS_INTERVAL = 60.0  # seconds between its lines without a terminal; 0: none
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "fpcrawler.console.log_records.DebugLogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # off: it runs code received over loopback
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "fpcrawler.crawl.event_loop.Loop"  # uvloop's
# A response yields one item; Scrapy's 100 tasks per response cost 1 ms.
CONCURRENT_ITEMS = 1
# Off, because it parses the source of each callback many times.
WARN_ON_GENERATOR_RETURN_VALUE = False
