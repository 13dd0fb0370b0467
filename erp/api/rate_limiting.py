"""How often an address may fail, and a link be opened, in a minute.

What strangers may try, signing in and links to orders, is counted in Redis, for all processes together; while
Redis is away each process counts for itself. Tokens and sessions are looked at with every request: each
process counts theirs alone.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError

from erp.api.problems import TooManyAttempts
from erp.core.settings import get_settings

LIMITS: dict[str, RateLimitItem] = {
    "credential": RateLimitItemPerMinute(60),
    "sign_in": RateLimitItemPerMinute(30),
    "tracking": RateLimitItemPerMinute(20),
    "tracked_order": RateLimitItemPerMinute(60),
}
COUNTED_TOGETHER = frozenset({"sign_in", "tracking", "tracked_order"})
PREFIX = "allowance"
_WAIT_SECONDS = 1
_FAILED = "Too many failed attempts from this address."
_SAID = {"tracked_order": "This page was opened very often in the last minute."}
_own = MovingWindowRateLimiter(MemoryStorage())
_log = structlog.get_logger()
T = TypeVar("T")


def require_allowance(kind: str, address: str) -> None:
    """Refuse an address that failed too often in the last minute. May ask Redis, so call it off the loop.

    Raises:
        TooManyAttempts: It did; it may try again when the oldest failure is a minute old.
    """
    limit = LIMITS[kind]
    seconds = _counted(kind, lambda limiter: _wait(limiter, limit, kind, address))
    if seconds:
        raise TooManyAttempts(
            f"{_SAID.get(kind, _FAILED)} Try again in {seconds} seconds.",
            details={"retry_after_seconds": seconds},
        )


def count_failure(kind: str, address: str) -> None:
    """Remember a failure of an address."""
    _counted(kind, lambda limiter: limiter.hit(LIMITS[kind], kind, address))


def forget_failures() -> None:
    """Forget every failure, of all processes where they are counted together."""
    _own.storage.reset()
    for kind in COUNTED_TOGETHER:
        _counted(kind, lambda limiter: limiter.storage.reset())


def _wait(limiter: MovingWindowRateLimiter, limit: RateLimitItem, kind: str, address: str) -> int:
    """Return the seconds until an address may try again; nothing where it may now."""
    if limiter.test(limit, kind, address):
        return 0
    reset_at, _ = limiter.get_window_stats(limit, kind, address)
    return max(1, round(reset_at - time.time()))


def _counted(kind: str, ask: Callable[[MovingWindowRateLimiter], T]) -> T:
    """Ask whoever counts a kind; this process where Redis does not answer."""
    url = get_settings().redis_url
    if kind in COUNTED_TOGETHER and url:
        try:
            return ask(_common(url))
        except (RedisError, OSError) as error:
            _log.warning("failures_counted_here_alone", kind=kind, reason=str(error))
    return ask(_own)


@lru_cache
def _common(url: str) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        url, key_prefix=PREFIX, socket_timeout=_WAIT_SECONDS, socket_connect_timeout=_WAIT_SECONDS
    )
    return MovingWindowRateLimiter(storage)
