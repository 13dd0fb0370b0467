"""Every page of the product. To add one: write its module, name it here, restart the build.

A page module declares itself with `erp.pages.routing.page`; see the docstring of
`erp.components` for a complete list page and a complete form page.
"""

from importlib import import_module

import reflex as rx

from erp.pages import routing

ROUTES: tuple[str, ...] = (
    "erp.pages.accounting.accounts",
    "erp.pages.accounting.cost_centres",
    "erp.pages.accounting.drafts",
    "erp.pages.accounting.journal",
    "erp.pages.accounting.ledgers",
    "erp.pages.accounting.manual_entry",
    "erp.pages.accounting.opening",
    "erp.pages.accounting.periods",
    "erp.pages.accounting.statements",
    "erp.pages.accounting.trial_balance",
    "erp.pages.banking.accounts",
    "erp.pages.banking.importing",
    "erp.pages.banking.reconciliation",
    "erp.pages.banking.rules",
    "erp.pages.banking.workspace",
    "erp.pages.billing.bill",
    "erp.pages.billing.bills",
    "erp.pages.billing.importing_bill",
    "erp.pages.billing.invoices",
    "erp.pages.billing.recording_bill",
    "erp.pages.billing.returned",
    "erp.pages.billing.returning_goods",
    "erp.pages.billing.returns",
    "erp.pages.billing.sales",
    "erp.pages.billing.taking_back",
    "erp.pages.catalog.maker_lists",
    "erp.pages.catalog.product",
    "erp.pages.catalog.products",
    "erp.pages.catalog.taxes",
    "erp.pages.gst_returns.figure_rows",
    "erp.pages.gst_returns.matching",
    "erp.pages.gst_returns.one_return",
    "erp.pages.gst_returns.returns",
    "erp.pages.home",
    "erp.pages.identity.members",
    "erp.pages.identity.own_account",
    "erp.pages.identity.roles",
    "erp.pages.identity.tokens",
    "erp.pages.imaging.devices",
    "erp.pages.imaging.peers",
    "erp.pages.imaging.quarantine",
    "erp.pages.imaging.queue",
    "erp.pages.imaging.session",
<<<<<<< HEAD
    "erp.pages.imaging.studies",
    "erp.pages.imaging.uploading",
=======
    "erp.pages.imaging.worklist",
>>>>>>> b8afc2bb544ccc88be9f6a79967d25012574cd34
    "erp.pages.inventory.ageing",
    "erp.pages.inventory.classes",
    "erp.pages.inventory.count_review",
    "erp.pages.inventory.counting_sheet",
    "erp.pages.inventory.counts",
    "erp.pages.inventory.dispensing",
    "erp.pages.inventory.expiry",
    "erp.pages.inventory.idle",
    "erp.pages.inventory.lot",
    "erp.pages.inventory.moving",
    "erp.pages.inventory.quarantine",
    "erp.pages.inventory.quality",
    "erp.pages.inventory.receiving",
    "erp.pages.inventory.reorder",
    "erp.pages.inventory.sending",
    "erp.pages.inventory.stock",
    "erp.pages.inventory.transfers",
    "erp.pages.inventory.valuation",
    "erp.pages.loyalty.programme",
    "erp.pages.inventory.warehouses",
    "erp.pages.party.editing",
    "erp.pages.party.parties",
    "erp.pages.party.party",
    "erp.pages.platform.audit",
    "erp.pages.platform.deliveries",
    "erp.pages.payments.account",
    "erp.pages.payments.ageing",
    "erp.pages.payments.payments",
    "erp.pages.payments.recording",
    "erp.pages.payments.statement",
    "erp.pages.pos.advances",
    "erp.pages.pos.approvals",
    "erp.pages.pos.display",
    "erp.pages.pos.favourites",
    "erp.pages.pos.offline_sales",
    "erp.pages.pos.offline_till",
    "erp.pages.pos.prescription",
    "erp.pages.pos.returns",
    "erp.pages.pos.shifts",
    "erp.pages.pos.till",
    "erp.pages.purchasing.arriving",
    "erp.pages.purchasing.figures",
    "erp.pages.purchasing.inquiring",
    "erp.pages.purchasing.ordering",
    "erp.pages.purchasing.orders",
    "erp.pages.purchasing.quotations",
    "erp.pages.purchasing.requesting",
    "erp.pages.purchasing.requisitions",
    "erp.pages.sales.delivering",
    "erp.pages.sales.order_form",
    "erp.pages.sales.orders",
    "erp.pages.sales.coupons",
    "erp.pages.sales.importing",
    "erp.pages.sales.price_list",
    "erp.pages.sales.price_lists",
    "erp.pages.shell.no_permission",
    "erp.pages.shell.not_found",
    "erp.pages.workflows.inbox",
)
"""Modules that declare pages, in any order."""


def register(app: rx.App) -> None:
    """Import every page module and add its pages to the app."""
    for module in ROUTES:
        import_module(module)
    routing.add_to(app)
