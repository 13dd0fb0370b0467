"""What happened to goods that went back, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class GoodsReturned(DomainEvent):
    """Goods went back to their supplier; `total` is what is asked back, tax included."""

    name: ClassVar[str] = "billing.goods_returned.v1"

    return_id: UUID
    supplier_id: UUID
    total: Decimal
    cost: Decimal
