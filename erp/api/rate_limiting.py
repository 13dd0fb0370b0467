"""How many refused credentials an address may send, counted in this process."""

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from erp.api.problems import TooManyAttempts

LIMITS: dict[str, RateLimitItem] = {
    "credential": RateLimitItemPerMinute(60),
    "sign_in": RateLimitItemPerMinute(30),
    "tracking": RateLimitItemPerMinute(20),
    "tracked_order": RateLimitItemPerMinute(60),
}
_FAILED = "Too many failed attempts from this address."
_SAID = {"tracked_order": "This page was opened very often in the last minute."}
_limiter = MovingWindowRateLimiter(MemoryStorage())


def require_allowance(kind: str, address: str) -> None:
    """Refuse an address that failed too often in the last minute.

    Raises:
        TooManyAttempts: It did; it may try again when the oldest failure is a minute old.
    """
    limit = LIMITS[kind]
    if not _limiter.test(limit, kind, address):
        reset_at, _ = _limiter.get_window_stats(limit, kind, address)
        seconds = max(1, round(reset_at - time.time()))
        raise TooManyAttempts(
            f"{_SAID.get(kind, _FAILED)} Try again in {seconds} seconds.",
            details={"retry_after_seconds": seconds},
        )


def count_failure(kind: str, address: str) -> None:
    """Remember a failure of an address."""
    _limiter.hit(LIMITS[kind], kind, address)


def forget_failures() -> None:
    """Forget every failure in this process."""
    _limiter.storage.reset()
