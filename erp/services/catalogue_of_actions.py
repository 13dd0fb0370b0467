"""Every domain of the product: importing this registers all commands, queries and referees.

The edges import it, so that REST, the command line, jobs and `verify` know the same list.
A new domain is added here once.
"""

from types import ModuleType

from erp.services import (
    accounting,
    assets,
    automation,
    banking,
    billing,
    biomarkers,
    catalog,
    documents,
    drafting,
    einvoicing,
    expenses,
    gateways,
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
    reporting,
    sales,
    seen_bills,
    workflows,
)

DOMAINS: tuple[ModuleType, ...] = (
    platform,
    identity,
    party,
    documents,
    workflows,
    seen_bills,
    messaging,
    accounting,
    catalog,
    inventory,
    purchasing,
    sales,
    expenses,
    assets,
    billing,
    biomarkers,
    loyalty,
    payments,
    banking,
    gateways,
    pos,
    imaging,
    laboratory,
    drafting,
    gst_returns,
    einvoicing,
    automation,
    reporting,
)
