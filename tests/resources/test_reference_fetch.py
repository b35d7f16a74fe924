import asyncio
import io
import json
import logging
import socket
import struct
import threading
import time
import zlib
from asyncio import selector_events
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from image_store_cases import files_under, png_of
from PIL import Image

from resources.canonical import sha256_of_bytes
from resources.image_store import ImageStore
from resources.png import SIGNATURE
from resources.reference_fetch import FetchResult, ReferenceFetcher
from resources.store.url_download import DownloadLimits, shown_url

PNG = png_of(3)
LIMITS = DownloadLimits(first_wait_seconds=0.01, total_seconds=3.0, max_bytes=100_000)
Answer = Callable[[BaseHTTPRequestHandler, int], None]


def encoded(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (1, 2, 3)).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return SIGNATURE + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + PNG[33:]


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"content-length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


class Server:
    """Answers by path; counts the requests for each, and how many were in flight at once."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                with outer._lock:
                    outer.asked[path] += 1
                    turn = outer.asked[path]
                    outer._now += 1
                    outer.most_at_once = max(outer.most_at_once, outer._now)
                try:
                    outer.answers[path](self, turn)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                finally:
                    with outer._lock:
                        outer._now -= 1

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def at(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url + path

    def image(self, path: str, data: bytes = PNG) -> str:
        return self.at(path, lambda handler, turn: send(handler, 200, data))

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path)


@pytest.fixture
def fetcher(store: ImageStore) -> ReferenceFetcher:
    return ReferenceFetcher(store, LIMITS)


def error_of(fetcher: ReferenceFetcher, url: str) -> str:
    result = fetcher.fetch([url])[url]
    assert result.sha256 is None
    assert result.error is not None
    assert len(result.error) < 200
    assert fetcher.known(url) is None
    return result.error


def test_fetched_once_then_known_without_network(server: Server, store: ImageStore, fetcher: ReferenceFetcher) -> None:
    url = server.image("/mama.png")
    assert fetcher.known(url) is None
    sha256 = sha256_of_bytes(PNG)
    assert fetcher.fetch([url, url]) == {url: FetchResult(sha256, None)}
    assert store.read(sha256) == PNG
    server.answers.clear()
    assert fetcher.known(url) == sha256
    assert ReferenceFetcher(store).fetch([url]) == {url: FetchResult(sha256, None)}
    assert server.asked["/mama.png"] == 1


def test_fetched_again_where_the_bytes_are_gone(server: Server, tmp_path: Path, fetcher: ReferenceFetcher) -> None:
    url = server.image("/mama.png")
    sha256 = fetcher.fetch([url])[url].sha256
    assert sha256 is not None
    (tmp_path / "store" / "inputs" / sha256[:2] / sha256).unlink()
    assert fetcher.known(url) is None
    assert fetcher.fetch([url])[url].sha256 == sha256


def test_refresh_takes_the_new_bytes_and_keeps_the_old_where_it_fails(
    server: Server, fetcher: ReferenceFetcher
) -> None:
    url = server.image("/mama.png")
    first = fetcher.fetch([url])[url].sha256
    server.image("/mama.png", png_of(4))
    assert fetcher.fetch([url])[url].sha256 == first
    second = fetcher.fetch([url], refresh=True)[url].sha256
    assert second == sha256_of_bytes(png_of(4))
    server.at("/mama.png", lambda handler, turn: send(handler, 404))
    assert fetcher.fetch([url], refresh=True)[url] == FetchResult(second, "HTTP 404 Not Found")
    assert fetcher.known(url) == second
    assert fetcher.fetch([url])[url] == FetchResult(second, None)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_of_image_is_taken(server: Server, store: ImageStore, fetcher: ReferenceFetcher, kind: str) -> None:
    url = server.image("/image", encoded(kind))
    sha256 = fetcher.fetch([url])[url].sha256
    assert sha256 is not None
    assert store.read(sha256) == encoded(kind)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(server: Server, fetcher: ReferenceFetcher, status: int) -> None:
    url = server.at("/a", lambda handler, turn: send(handler, 200, PNG) if turn == 4 else send(handler, status))
    assert fetcher.fetch([url])[url].sha256 == sha256_of_bytes(PNG)
    assert server.asked["/a"] == 4


def test_after_three_retries_it_is_given_up(server: Server, fetcher: ReferenceFetcher) -> None:
    url = server.at("/a", lambda handler, turn: send(handler, 503))
    assert error_of(fetcher, url) == "HTTP 503 Service Unavailable"
    assert server.asked["/a"] == 4


def test_the_server_says_when_to_come_back(server: Server, fetcher: ReferenceFetcher) -> None:
    def soon(handler: BaseHTTPRequestHandler, turn: int) -> None:
        send(handler, 200, PNG) if turn == 2 else send(handler, 429, retry_after="1")

    url = server.at("/soon", soon)
    far = server.at("/far", lambda handler, turn: send(handler, 429, retry_after="3600"))
    start = time.monotonic()
    results = fetcher.fetch([url, far])
    assert 1.0 <= time.monotonic() - start < 2.5
    assert results[url].sha256 == sha256_of_bytes(PNG)
    assert results[far].error == "HTTP 429 Too Many Requests"
    assert server.asked["/far"] == 1


def test_a_transfer_that_breaks_off_is_tried_again(server: Server, fetcher: ReferenceFetcher) -> None:
    def breaks(handler: BaseHTTPRequestHandler, turn: int) -> None:
        send(handler, 200, PNG[: len(PNG) // 2] if turn < 3 else PNG, content_length=str(len(PNG)))

    url = server.at("/a", breaks)
    assert fetcher.fetch([url])[url].sha256 == sha256_of_bytes(PNG)
    assert server.asked["/a"] == 3
    always = server.at("/b", lambda handler, turn: send(handler, 200, PNG[:20], content_length="9999"))
    assert "broke off" in error_of(fetcher, always)


def test_a_body_cut_short_without_a_length_is_seen(server: Server, fetcher: ReferenceFetcher) -> None:
    def cut(handler: BaseHTTPRequestHandler, turn: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(PNG[:-6])

    assert "cut short" in error_of(fetcher, server.at("/a", cut))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page"),
        (b"", "nothing"),
        (b"%PDF-1.4 rubbish", "starts with b'%PDF-1.4'"),
        (SIGNATURE + b"rubbish", "broken image"),
        (b"\xff\xd8\xff\xe0 rubbish", "broken image"),
        (b"RIFF\0\0\0\0WEBPrubbish", "broken image"),
        (b"GIF89a", "broken image"),
        (bomb(), "40000 x 40000"),
        (b"\x89PNG" * 50_000, "larger than"),
    ],
)
def test_what_is_no_usable_image_is_refused_and_not_kept(
    server: Server, tmp_path: Path, fetcher: ReferenceFetcher, body: bytes, reason: str
) -> None:
    url = server.image("/a", body)
    assert reason in error_of(fetcher, url)
    assert server.asked["/a"] == 1
    assert not (tmp_path / "store" / "inputs").exists()


def test_an_endless_body_is_cut_off_at_the_limit(server: Server, fetcher: ReferenceFetcher) -> None:
    sent = []

    def endless(handler: BaseHTTPRequestHandler, turn: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"\x89PNG\r\n\x1a\n" * 8192)
            sent.append(65536)

    assert "larger than" in error_of(fetcher, server.at("/a", endless))
    assert sum(sent) < 30_000_000


def test_a_server_that_drips_is_left_after_the_total_time(store: ImageStore, server: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler, turn: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        for at in range(50):
            handler.wfile.write(PNG[at : at + 1])
            time.sleep(0.1)

    fetcher = ReferenceFetcher(store, DownloadLimits(total_seconds=0.6))
    start = time.monotonic()
    assert error_of(fetcher, server.at("/a", drip)) == "not done within 0.6 s"
    assert time.monotonic() - start < 2


def test_redirects_are_followed_up_to_five(server: Server, fetcher: ReferenceFetcher) -> None:
    for step in range(6):
        server.at(f"/{step}", lambda handler, turn, to=step + 1: send(handler, 302, location=f"/{to}"))
    server.image("/6")
    assert fetcher.fetch([f"{server.url}/1"])[f"{server.url}/1"].sha256 == sha256_of_bytes(PNG)
    assert error_of(fetcher, f"{server.url}/0") == "more than 5 redirects"
    loop = server.at("/loop", lambda handler, turn: send(handler, 302, location="/loop"))
    assert error_of(fetcher, loop) == "more than 5 redirects"
    assert server.asked["/loop"] == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "//", "http://"])
def test_a_redirect_out_of_http_is_refused(server: Server, fetcher: ReferenceFetcher, target: str) -> None:
    assert error_of(fetcher, server.at("/a", lambda handler, turn: send(handler, 302, location=target)))


def test_only_http_urls_are_fetched(tmp_path: Path, fetcher: ReferenceFetcher) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    for url in (f"file://{secret}", str(secret), "ftp://x/y.png", "http://", "", "data:image/png;base64,aa"):
        assert "http" in error_of(fetcher, url)
    for url in ("http://[::1", "http://x:port/", "http://\0/", "http://a\ud800b/"):
        assert error_of(fetcher, url)


def test_a_dead_port_fails_at_once_and_its_host_is_skipped(
    server: Server, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{unused.getsockname()[1]}"
    tried = []
    connect = selector_events.BaseSelectorEventLoop.sock_connect

    async def counted(self: selector_events.BaseSelectorEventLoop, sock: socket.socket, address: object) -> None:
        tried.append(address)
        await connect(self, sock, address)  # type: ignore[arg-type]

    monkeypatch.setattr(selector_events.BaseSelectorEventLoop, "sock_connect", counted)
    fetcher = ReferenceFetcher(store, DownloadLimits(parallel=1))
    alive = server.image("/alive")
    urls = [f"http://{dead}/{number}.png" for number in range(30)]
    start = time.monotonic()
    results = fetcher.fetch([*urls, alive])
    assert time.monotonic() - start < 2
    assert all(dead in (results[url].error or "") for url in urls)
    assert results[alive].sha256 is not None
    assert len(tried) == 2


def test_a_name_that_does_not_resolve_fails_at_once(fetcher: ReferenceFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    monkeypatch.setenv("NO_PROXY", "*")
    start = time.monotonic()
    assert "gone.example cannot be reached" in error_of(fetcher, "http://gone.example/a.png")
    assert time.monotonic() - start < 1


def test_a_failure_is_remembered_for_an_hour(server: Server, store: ImageStore) -> None:
    now = [1_800_000_000.0]
    fetcher = ReferenceFetcher(store, LIMITS, now=lambda: now[0])
    url = server.at("/a", lambda handler, turn: send(handler, 404))
    assert fetcher.fetch([url])[url].error == "HTTP 404 Not Found"
    now[0] += 3599
    again = ReferenceFetcher(store, LIMITS, now=lambda: now[0]).fetch([url])[url].error
    assert again is not None
    assert again.startswith("HTTP 404 Not Found (tried at 2027-01-15")
    assert server.asked["/a"] == 1
    fetcher.fetch([url], refresh=True)
    assert server.asked["/a"] == 2
    now[0] += 3601
    server.image("/a")
    assert fetcher.fetch([url])[url] == FetchResult(sha256_of_bytes(PNG), None)


def test_at_most_eight_at_once(server: Server, store: ImageStore) -> None:
    def slow(handler: BaseHTTPRequestHandler, turn: int) -> None:
        time.sleep(0.05)
        send(handler, 200, PNG)

    urls = [server.at(f"/{number}", slow) for number in range(24)]
    results = ReferenceFetcher(store).fetch(urls)
    assert all(result.sha256 for result in results.values())
    assert 4 <= server.most_at_once <= 8


def test_no_query_and_no_password_in_logs_records_or_errors(
    server: Server,
    tmp_path: Path,
    fetcher: ReferenceFetcher,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def moved(handler: BaseHTTPRequestHandler, turn: int) -> None:
        send(handler, 302, location="/busy?signature=SECRET2#SECRET3")

    server.at("/busy", lambda handler, turn: send(handler, 200, PNG) if turn == 2 else send(handler, 503))
    server.at("/gone", lambda handler, turn: send(handler, 404))
    with_user = server.url.replace("http://", "http://user:SECRET4@")
    urls = [f"{server.at('/moved', moved)}?signature=SECRET1", f"{with_user}/gone?a=SECRET5", "http://[SECRET6?SECRET7"]
    urls.append("http://127.0.0.1:1/x?SECRET8")
    with caplog.at_level(logging.DEBUG):
        results = fetcher.fetch(urls)
        fetcher.fetch(urls)
    assert results[urls[0]].sha256
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/gone" in logged
    assert "/moved" in logged
    stored = b"".join(data for name, data in files_under(tmp_path).items() if name.startswith("store/urls/"))
    assert b"/gone" in stored
    out, err = capfd.readouterr()
    assert out == ""
    for text in (logged, stored.decode(), out, err, str([result.error for result in results.values()])):
        assert "SECRET" not in text


def test_works_inside_a_running_event_loop(server: Server, fetcher: ReferenceFetcher) -> None:
    url = server.image("/a")

    async def within() -> dict[str, FetchResult]:
        return fetcher.fetch([url])

    assert asyncio.run(within())[url].sha256


def test_a_full_disk_is_an_error_of_its_own(
    server: Server, store: ImageStore, fetcher: ReferenceFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "put_input", full)
    with pytest.raises(OSError, match="No space"):
        fetcher.fetch([server.image("/a"), server.image("/b")])


@pytest.mark.parametrize(
    "record", [b"", b"null", b"[]", b"{", b'{"sha256": 5}', b'{"sha256": "../x"}', b'{"failed": 1}']
)
def test_a_broken_record_counts_as_never_fetched(
    server: Server, tmp_path: Path, fetcher: ReferenceFetcher, record: bytes
) -> None:
    url = server.image("/a")
    path = tmp_path / "store" / "urls" / f"{sha256_of_bytes(url.encode())}.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(record)
    assert fetcher.known(url) is None
    assert fetcher.fetch([url])[url].sha256
    assert json.loads(path.read_bytes())["sha256"] == sha256_of_bytes(PNG)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@example.org:8443/a/b.png?sig=1#x", "https://example.org:8443/a/b.png?..."),
        ("https://example.org/é.png", "https://example.org/\\xe9.png"),
        ("http://[broken?x", "a URL that cannot be read"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown
