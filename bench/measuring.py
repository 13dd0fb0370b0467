"""Clients, clocks and memory: how every figure is taken."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any
from urllib.parse import urlsplit

import psutil

Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """What one workload took; times in milliseconds, throughput in requests per second."""

    workload: str
    n: int
    p50_ms: float
    p95_ms: float
    throughput: float
    rss_mb: float

    def print_line(self) -> None:
        """Print the figure as one JSON line."""
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        print(json.dumps(body), flush=True)


class Client:
    """One kept-alive connection with a bearer token, as cheap as a client can be."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        """Return the answer of a GET, which must be 200."""
        return self._send("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], key: str) -> Any:
        """Return the answer of a POST, which must succeed."""
        return self._send("POST", path, json.dumps(body).encode(), {"Idempotency-Key": key})

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        self._connection.request(method, path, body, self._headers | headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status not in (200, 201):
            message = f"{method} {path}: {response.status} {answer[:400]!r}"
            raise RuntimeError(message)
        return json.loads(answer)


def timed(work: Work, count: int, warm_up: int = 20) -> list[float]:
    """Return how long each of `count` calls took, in milliseconds, after a warm-up."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return times


def side_by_side(
    target: Callable[..., list[float]], arguments: Sequence[tuple[Any, ...]]
) -> tuple[list[float], float]:
    """Run one client process per argument list; return all times and the seconds they took.

    They start together, once every process has imported what it needs.
    """
    context = get_context("spawn")
    gate = context.Barrier(len(arguments))
    with context.Pool(len(arguments), _wait_at, (gate,)) as pool:
        parts = pool.starmap(_from_the_gate, [(target, *given) for given in arguments], chunksize=1)
    seconds = max(ended for *_, ended in parts) - min(started for _, started, _ in parts)
    return [value for times, *_ in parts for value in times], seconds


_gate: Barrier


def _wait_at(gate: Barrier) -> None:
    global _gate  # noqa: PLW0603  a pool hands a barrier to its processes in no other way
    _gate = gate


def _from_the_gate(
    target: Callable[..., list[float]], *given: Any
) -> tuple[list[float], float, float]:
    """Return the times with the clock at start and end, which all processes share."""
    _gate.wait()
    started = time.perf_counter()
    return target(*given), started, time.perf_counter()


def figure(workload: str, times: Sequence[float], seconds: float | None = None) -> Figure:
    """Return the figure of a list of times; throughput over `seconds`, else one after another."""
    ordered = sorted(times)
    spent = seconds if seconds is not None else sum(ordered) / 1000
    return Figure(
        workload=workload,
        n=len(ordered),
        p50_ms=round(statistics.median(ordered), 4),
        p95_ms=round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 4),
        throughput=round(len(ordered) / spent, 1) if spent else 0.0,
        rss_mb=round(memory_mb(), 0),
    )


def memory_mb(roots: Sequence[int] = ()) -> float:
    """Return the memory of this process's children, shared pages divided among those who share.

    The one that Python keeps beside clients in processes of their own is not the product's.
    """
    parents = [psutil.Process(pid) for pid in roots] or [psutil.Process()]
    everyone = {p.pid: p for parent in parents for p in [parent, *parent.children(recursive=True)]}
    everyone.pop(psutil.Process().pid, None)
    return sum(_proportional_bytes(process) for process in everyone.values()) / 2**20


def _proportional_bytes(process: psutil.Process) -> int:
    """Return 0 of what ended meanwhile, as a browser's processes do, and of Python's own helper."""
    try:
        is_ours = any("resource_tracker" in part for part in process.cmdline())
        return 0 if is_ours else int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
