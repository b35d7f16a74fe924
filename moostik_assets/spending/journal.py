"""The journal of payments: on disk before anything is ordered, so that no crash and no second process loses a cent.

```
<state>/payments/2026-11-21.jsonl    one line a change of a payment: the fields of `Payment`
```
The last line of an id counts. A payment stays in the file of the day (UTC) on which it began. What the web UI and
`moostik cost` see of it are observations in Dagster's event log; what is missing there is here (`logged`).
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

State = Literal["open", "paid", "free"]
"""`open`: it may have been paid, and counts as the most that it may be; `free`: it is sure that nothing was paid."""
_STATES: tuple[str, ...] = get_args(State)


@dataclass(frozen=True)
class Payment:
    """One payment for one image, perhaps. Cost in US dollars, at most so much."""

    id: str
    at: str
    """When it began, ISO 8601, UTC."""
    asset: str
    key: str
    recipe: str
    renderer: str
    usd: float
    state: State = "open"
    job: str = ""
    """What the remote side calls it. Payments of one job are one payment."""
    image: bool = False
    """Whether an image came of it."""
    logged: bool = False
    """Whether the event log has it as it stands here."""

    @property
    def day(self) -> str:
        """The day on which it counts, in UTC."""
        return self.at[:10]

    @property
    def counts(self) -> bool:
        """Whether it is, or may be, money."""
        return self.state != "free"

    @property
    def age_seconds(self) -> float:
        """Since it began."""
        return (datetime.now(UTC) - datetime.fromisoformat(self.at)).total_seconds()


def one_of_each_job(payments: Iterable[Payment]) -> list[Payment]:
    """Those that count, each remote job once: the one with an image, else the dearest."""
    found: dict[str, Payment] = {}
    for payment in payments:
        if payment.counts:
            name = payment.job or payment.id
            other = found.get(name)
            if other is None or (payment.image, payment.usd) > (other.image, other.usd):
                found[name] = payment
    return list(found.values())


def usd_of(payments: Iterable[Payment]) -> float:
    """Their sum, each remote job once."""
    return sum(payment.usd for payment in one_of_each_job(payments))


@dataclass
class _Day:
    read: int = 0
    payments: dict[str, Payment] = field(default_factory=dict)


class Journal:
    """The payments of one output. Any number of processes of one machine may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: dict[str, _Day] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing, so that what is read is still so when it is added to."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def write(self, payment: Payment, *, durable: bool = True) -> None:
        """Add a line; the lock must be held. `durable`: it is on disk before this returns."""
        path = self._path(payment.day)
        new = not path.exists()
        with open(path, "ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                if file.read(1) != b"\n":  # a crash cut the last line short; what it was about had not begun
                    file.write(b"\n")
            file.write((json.dumps(asdict(payment)) + "\n").encode())
            if durable:
                os.fsync(file.fileno())
        if durable and new:
            self._sync_folder()

    def of_day(self, day: str) -> list[Payment]:
        """The payments that began on a day, as they stand now."""
        known = self._days.setdefault(day, _Day())
        try:
            with open(self._path(day), "rb") as file:
                file.seek(known.read)
                data = file.read()
        except FileNotFoundError:
            self._days[day] = _Day()
            return []
        whole = data[: data.rfind(b"\n") + 1]
        known.read += len(whole)
        for line in whole.splitlines():
            payment = _payment(line)
            if payment is not None:
                known.payments[payment.id] = payment
        return list(known.payments.values())

    def of_days(self, count: int) -> list[Payment]:
        """The payments of today and of the days before it, `count` days in all."""
        today = datetime.now(UTC).date()
        return [p for back in reversed(range(count)) for p in self.of_day(str(today - timedelta(days=back)))]

    def all(self, since: date | None = None) -> list[Payment]:
        """Every payment from a day on, oldest first."""
        days = sorted(path.stem for path in self._folder.glob("????-??-??.jsonl"))
        return [payment for day in days if since is None or day >= str(since) for payment in self.of_day(day)]

    def _path(self, day: str) -> Path:
        return self._folder / f"{day}.jsonl"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _payment(line: bytes) -> Payment | None:
    try:
        found = json.loads(line)
        return payment_of(found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def payment_of(found: dict[str, Any]) -> Payment:
    """The payment that a JSON object tells of.

    Raises:
        ValueError, TypeError, KeyError: it tells of none.
    """
    if found["state"] not in _STATES:
        raise ValueError(f"a payment that is {found['state']!r}")
    datetime.fromisoformat(found["at"])
    texts = {name: str(found[name]) for name in ("id", "at", "asset", "key", "recipe", "renderer", "job")}
    return Payment(
        **texts, usd=float(found["usd"]), state=found["state"], image=bool(found["image"]), logged=bool(found["logged"])
    )
