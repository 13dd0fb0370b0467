"""Tables and the invariants the database can keep; nothing else.

Importing this package registers every table with the metadata.
"""

from erp.models import (
    accounting,
    automation,
    banking,
    billing,
    catalog,
    documents,
    drafting,
    einvoicing,
    gst_returns,
    identity,
    imaging,
    inventory,
    laboratory,
    loyalty,
    messaging,
    party,
    payments,
    platform,
    pos,
    purchasing,
    sales,
    workflows,
)

__all__ = [
    "accounting",
    "automation",
    "banking",
    "billing",
    "catalog",
    "documents",
    "drafting",
    "einvoicing",
    "gst_returns",
    "identity",
    "imaging",
    "inventory",
    "laboratory",
    "loyalty",
    "messaging",
    "party",
    "payments",
    "platform",
    "pos",
    "purchasing",
    "sales",
    "workflows",
]
