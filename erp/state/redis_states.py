"""Reflex's Redis state manager for every Redis from version 6 on."""

import reflex as rx
from reflex.istate.manager.redis import StateManagerRedis


class PortableStateManager(StateManagerRedis):
    """Extends its locks without `PEXPIRE ... XX`, which only Redis 7 knows.

    A lock always has an expiry, so the option changes nothing: a missing key stays missing.
    """

    async def _try_extend_lock(self, lock_key: bytes) -> bool | None:
        return bool(await self.redis.pexpire(lock_key, self.lock_expiration))


def use_portable_locks(app: rx.App) -> None:
    """Replace the app's Redis state manager by the portable one; other managers stay."""
    made = app.state_manager
    if isinstance(made, StateManagerRedis):
        app._state_manager = PortableStateManager(  # noqa: SLF001  Reflex takes no manager as argument
            redis=made.redis,
            token_expiration=made.token_expiration,
            lock_expiration=made.lock_expiration,
            lock_warning_threshold=made.lock_warning_threshold,
        )
