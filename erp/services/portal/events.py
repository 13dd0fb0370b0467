"""What happened to links."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class OrderLinkMade(DomainEvent):
    """A customer may look at an order by a link; its secret is not told."""

    name: ClassVar[str] = "portal.order_link_made.v1"

    link_id: UUID
    order_id: UUID


class OrderLinkRevoked(DomainEvent):
    """A link ended before its day."""

    name: ClassVar[str] = "portal.order_link_revoked.v1"

    link_id: UUID
    order_id: UUID
