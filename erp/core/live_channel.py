"""Names of the Redis channels that tell open pages that something changed.

A message carries no data: a page that hears it loads its own slice again, with its own
permissions. Publishers speak after their commit; a message that is lost costs a delay only.
"""

from uuid import UUID

PREFIX = "live:"
HEARD_SECONDS = 20
"""How long a tenant's devices count as heard after the listener last said so."""


def live_channel(tenant_id: UUID, topic: str) -> str:
    """Return the channel of one topic of one tenant, such as `sales` or `inbox.<user id>`."""
    return f"{PREFIX}{tenant_id}:{topic}"


def heard_key(tenant_id: UUID) -> str:
    """Return the key that stands in Redis while the messages of a tenant's devices are heard."""
    return f"heard:{tenant_id}"
