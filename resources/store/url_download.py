"""Downloads of reference images over http(s): several at once, bounded in time and size, faults told apart."""

import asyncio
import io
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import stamina
from PIL import GifImagePlugin, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks

from resources.png import TruncatedPngError, check_png

_READ_BYTES = 256 * 1024

_PLUGINS: tuple[tuple[bytes, type[ImageFile.ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (b"RIFF", WebPImagePlugin.WebPImageFile),
    (b"GIF87a", GifImagePlugin.GifImageFile),
    (b"GIF89a", GifImagePlugin.GifImageFile),
)
"""By the first bytes: no other of Pillow's formats is ever tried on bytes of a stranger."""


@dataclass(frozen=True)
class DownloadLimits:
    """What a download may take."""

    parallel: int = 8
    connect_seconds: float = 3.0
    total_seconds: float = 20.0
    """From the first request of a URL to its last byte, waits and retries included."""
    max_bytes: int = 64 * 1024 * 1024
    max_pixels: int = 100_000_000
    max_redirects: int = 5
    retries: int = 3
    first_wait_seconds: float = 1.0
    """Before the first retry; it doubles each time, with jitter. A server that says when to come back is heeded."""


class DownloadError(Exception):
    """A URL could not be had; the text is short, for a person, and holds nothing of the URL's query."""

    def __init__(self, text: str, *, retry: bool | float = False) -> None:
        super().__init__(text)
        self.retry = retry
        """Whether another try may help, or the seconds after which the server wants it."""


def shown_url(url: str | httpx.URL) -> str:
    """The URL without query, fragment, user and password, which may hold secrets."""
    try:
        parts = urlsplit(str(url))
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return "a URL that cannot be read"
    return shown.encode("ascii", "backslashreplace").decode() + ("?..." if parts.query else "")


def download_all(
    urls: Iterable[str], limits: DownloadLimits, done: Callable[[str, bytes | None, str | None], None]
) -> None:
    """Download each URL; `done(url, image bytes, None)` or `done(url, None, error)` is called as each one ends."""
    # Not asyncio.run: at its end it waits for name look-ups that have long been given up.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_download_all(list(urls), limits, done))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        loop.close()


async def _download_all(
    urls: list[str], limits: DownloadLimits, done: Callable[[str, bytes | None, str | None], None]
) -> None:
    timeout = httpx.Timeout(limits.total_seconds, connect=limits.connect_seconds)
    turns = asyncio.Semaphore(limits.parallel)
    unreachable: dict[str, str] = {}
    async with httpx.AsyncClient(
        timeout=timeout,
        follow_redirects=True,
        max_redirects=limits.max_redirects,
        headers={"Accept": "image/png,image/jpeg,image/webp,image/gif", "User-Agent": "moostik-assets"},
    ) as client:

        async def one(url: str) -> None:
            async with turns:
                try:
                    data = await _download(client, url, limits, unreachable)
                except DownloadError as error:
                    done(url, None, str(error))
                else:
                    done(url, data, None)

        async with asyncio.TaskGroup() as tasks:
            for url in urls:
                tasks.create_task(one(url))


async def _download(client: httpx.AsyncClient, url: str, limits: DownloadLimits, unreachable: dict[str, str]) -> bytes:
    try:
        request = client.build_request("GET", url)
    except (httpx.InvalidURL, ValueError) as error:
        raise DownloadError("not a URL") from error
    if request.url.scheme not in ("http", "https") or not request.url.host:
        raise DownloadError("only http:// and https:// URLs are fetched")
    deadline = time.monotonic() + limits.total_seconds

    def whether_again(error: Exception) -> bool | float:
        if not isinstance(error, DownloadError):
            return False
        return error.retry if error.retry is True or time.monotonic() + error.retry < deadline else False

    try:
        async with asyncio.timeout(limits.total_seconds):
            async for attempt in stamina.retry_context(
                on=whether_again,
                attempts=limits.retries + 1,
                timeout=limits.total_seconds,
                wait_initial=limits.first_wait_seconds,
                wait_max=4 * limits.first_wait_seconds,
                wait_jitter=limits.first_wait_seconds / 2,
            ):
                with attempt:
                    data = await _attempt(client, url, limits, unreachable)
                    _check_image(data, limits.max_pixels)
                    return data
    except TimeoutError:
        raise DownloadError(f"not done within {limits.total_seconds:g} s") from None
    raise AssertionError("a retry loop ends by a return or an exception")


async def _attempt(client: httpx.AsyncClient, url: str, limits: DownloadLimits, unreachable: dict[str, str]) -> bytes:
    host = _host(httpx.URL(url))
    if host in unreachable:
        raise DownloadError(unreachable[host])
    data = bytearray()
    try:
        async with client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise _refusal(response)
            async for piece in response.aiter_bytes(_READ_BYTES):
                data += piece
                if len(data) > limits.max_bytes:
                    raise DownloadError(f"larger than {limits.max_bytes / 2**20:g} MiB")
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        dead = _host(error.request.url)
        unreachable[dead] = f"{dead} cannot be reached ({_short(error)})"
        raise DownloadError(unreachable[dead]) from error
    except httpx.TooManyRedirects as error:
        raise DownloadError(f"more than {limits.max_redirects} redirects") from error
    except httpx.UnsupportedProtocol as error:
        raise DownloadError("redirected to something that is not http(s)") from error
    except httpx.TransportError as error:
        raise DownloadError(f"the transfer broke off ({_short(error)})", retry=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DownloadError(f"the answer cannot be read ({_short(error)})") from error
    return bytes(data)


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii", "replace")


def _short(error: Exception) -> str:
    """httpx's own words; those of the kinds caught here name no URL."""
    return str(error).split("\n")[0][:100] or type(error).__name__


def _refusal(response: httpx.Response) -> DownloadError:
    text = f"HTTP {response.status_code} {response.reason_phrase}".strip()[:100]
    if response.status_code != httpx.codes.TOO_MANY_REQUESTS and response.status_code < 500:
        return DownloadError(text)
    wait = _retry_after(response.headers.get("retry-after", ""))
    return DownloadError(text, retry=True if wait is None else wait)


def _retry_after(header: str) -> float | None:
    """Seconds to wait, from seconds or an HTTP date (RFC 9110, section 10.2.3)."""
    if header.strip().isdecimal():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _check_image(data: bytes, max_pixels: int) -> None:
    """By the header alone: Pillow's plugin is called directly, and decodes nothing."""
    plugin = next((plugin for start, plugin in _PLUGINS if data.startswith(start)), None)
    if plugin is None:
        raise DownloadError(f"no PNG, JPEG, WebP or GIF image, but {_kind(data)}")
    try:
        with plugin(io.BytesIO(data)) as image:
            width, height = image.size
        if plugin is PngImagePlugin.PngImageFile:
            check_png(data)
    except TruncatedPngError as error:
        raise DownloadError("an image that is cut short", retry=True) from error
    except Exception as error:  # Pillow's plugins raise nearly anything on broken bytes
        raise DownloadError(f"a broken image ({_short(error)})") from error
    if not 0 < width * height <= max_pixels:
        raise DownloadError(f"an image of {width} x {height} pixels; at most {max_pixels / 1e6:g} megapixels are taken")


def _kind(data: bytes) -> str:
    start = data[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "nothing (0 bytes)" if not data else f"something that starts with {data[:8]!r}"


class _WithoutSecrets(logging.Filter):
    """httpx logs each request at INFO with its whole URL."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(shown_url(arg) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


class _NoWire(logging.Filter):
    """httpcore logs whole headers at DEBUG, a redirect's Location among them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return False


def _keep_secrets_out_of_logs() -> None:
    logging.getLogger("httpx").addFilter(_WithoutSecrets())
    for name in ("httpcore.http11", "httpcore.http2", "httpcore.proxy"):
        logging.getLogger(name).addFilter(_NoWire())
    # Where structlog is installed, stamina prints retries to stdout, which belongs to the command's JSON.
    set_on_retry_hooks([LoggingOnRetryHook])


_keep_secrets_out_of_logs()
