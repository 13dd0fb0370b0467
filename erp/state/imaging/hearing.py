"""Whether devices are heard just now."""

import redis.asyncio as redis
import reflex as rx
from redis.exceptions import RedisError

from erp.core.live_channel import heard_key
from erp.core.settings import get_settings
from erp.state import live
from erp.state.registry import handler
from erp.state.session import SessionState

VIEW = "imaging.view"
_PATIENCE_SECONDS = 1


class HearingState(SessionState, rx.State):
    """Says on the pages of imaging when no message of a device can arrive.

    Whether Redis knows nothing or is away itself makes a difference: the latter says nothing
    of devices, and is told elsewhere.
    """

    is_deaf: bool = False

    @handler(permission=VIEW, background=True)
    async def watch(self) -> None:
        """Look now, and whenever something of imaging changes."""
        async with self:
            await self._look()
        async for _ in live.changes(self, "imaging"):
            async with self:
                await self._look()

    async def _look(self) -> None:
        principal = await self._principal()
        devices = (await self._ask("imaging.list_devices", {"limit": 200})).rows
        speak = any(device.kind == "mqtt" for device in devices)
        self.is_deaf = speak and await _heard(heard_key(principal.tenant_id)) is False


async def _heard(key: str) -> bool | None:
    """Tell whether the key stands; nothing is known while Redis is away."""
    patience = {"socket_timeout": _PATIENCE_SECONDS, "socket_connect_timeout": _PATIENCE_SECONDS}
    client = redis.from_url(get_settings().redis_url, **patience)
    try:
        async with client:
            return bool(await client.exists(key))
    except (RedisError, OSError):
        return None
