"""Reference images that are given by URL: fetched once, then used from the store until a person refreshes them."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from resources.canonical import sha256_of_bytes
from resources.image_store import ImageStore
from resources.store.layout import is_sha256, url_name

if TYPE_CHECKING:
    from resources.store.url_download import DownloadLimits

RETRY_FAILED_AFTER_SECONDS = 3600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FetchResult:
    """The sha256 of a URL's bytes in the store, or why there are none.

    Both are set where a refresh failed and the bytes of an earlier fetch are still used.
    """

    sha256: str | None
    error: str | None


class ReferenceFetcher:
    """The URLs whose bytes the store has, and the fetching of those that it has not.

    Example:
        >>> fetcher = ReferenceFetcher(store)
        >>> fetcher.known("https://example.org/mama.png")  # no network
        >>> fetcher.fetch(["https://example.org/mama.png"])
    """

    def __init__(
        self, store: ImageStore, limits: "DownloadLimits | None" = None, now: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._limits = limits
        self._now = now

    def known(self, url: str) -> str | None:
        """The sha256 of the URL's bytes where the store has them; asks no network."""
        return self._bytes_of(self._record(url))

    def fetch(self, urls: Iterable[str], refresh: bool = False) -> dict[str, FetchResult]:
        """Have the bytes of each URL in the store.

        What is known is not fetched again, and what failed is not tried again for an hour, unless `refresh`. A URL
        that cannot be had is a result with an error and a logged warning, never an exception.
        """
        results: dict[str, FetchResult] = {}
        wanted: dict[str, dict[str, Any]] = {}
        for url in dict.fromkeys(urls):
            record = self._record(url)
            sha256 = self._bytes_of(record)
            if sha256 is not None and not refresh:
                results[url] = FetchResult(sha256, None)
            elif (error := self._recent_failure(record)) is not None and not refresh:
                results[url] = FetchResult(None, error)
            else:
                wanted[url] = record
        if wanted:
            results |= self._download(wanted)
        return results

    def _download(self, wanted: dict[str, dict[str, Any]]) -> dict[str, FetchResult]:
        # Imported here: it costs 150 ms, and `known` has no need of it.
        from resources.store.url_download import DownloadLimits, download_all, shown_url

        results: dict[str, FetchResult] = {}

        def keep(url: str, data: bytes | None, error: str | None) -> None:
            record = {"url": shown_url(url)}
            if data is not None:
                record |= {"sha256": self._store.put_input(data), "fetched": _iso(self._now())}
                results[url] = FetchResult(record["sha256"], None)
            else:
                former = self._bytes_of(wanted[url])
                if former is not None:
                    record |= {"sha256": former, "fetched": wanted[url].get("fetched", "")}
                record |= {"error": error or "", "failed": _iso(self._now())}
                results[url] = FetchResult(former, error)
                instead = "the bytes fetched earlier are used" if former else "the work goes on without it"
                _log.warning("reference %s: %s; %s", record["url"], error, instead)
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            self._store.files.write(_name(url), text.encode("utf-8", "surrogatepass"), "url")

        limits = self._limits or DownloadLimits()
        # In a thread of its own: the caller's may be running an event loop already.
        failure: list[BaseException] = []

        def run() -> None:
            try:
                download_all(wanted, limits, keep)
            except BaseException as error:
                failure.append(error)

        thread = threading.Thread(target=run, name="reference-fetch", daemon=True)
        thread.start()
        thread.join()
        if failure:
            raise failure[0]
        return results

    def _record(self, url: str) -> dict[str, Any]:
        try:
            record = json.loads(self._store.files.read(_name(url)).decode("utf-8", "surrogatepass"))
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            _log.warning("%s is broken (%s); the URL counts as never fetched", _name(url), error)
            return {}
        return record if isinstance(record, dict) else {}

    def _bytes_of(self, record: dict[str, Any]) -> str | None:
        sha256 = record.get("sha256")
        if isinstance(sha256, str) and is_sha256(sha256) and self._store.has_input(sha256):
            return sha256
        return None

    def _recent_failure(self, record: dict[str, Any]) -> str | None:
        try:
            failed = datetime.fromisoformat(record["failed"]).timestamp()
            error = str(record["error"])
        except (KeyError, TypeError, ValueError):
            return None
        if not 0 <= self._now() - failed < RETRY_FAILED_AFTER_SECONDS:
            return None
        return f"{error} (tried at {record['failed']}; not again for an hour, unless refreshed)"


def _name(url: str) -> str:
    return url_name(sha256_of_bytes(url.encode("utf-8", "surrogatepass")))


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
