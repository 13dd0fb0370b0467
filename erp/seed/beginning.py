"""What every organisation begins with: books, a customer for the counter, the law's tax classes."""

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting, identity, party, platform

_OLD, _NEW = "2017-07-01", "2025-09-22"
_OLD_ACT, _NEW_ACT = "1/2017-CT(R)", "9/2025-CT(R)"
TAX_CLASSES: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("GST5", "Medicines at 5 %", "taxable", ((_OLD, "5", _OLD_ACT), (_NEW, "5", _NEW_ACT))),
    (
        "GST5-CARE",
        "Personal care at 5 %",
        "taxable",
        ((_OLD, "18", _OLD_ACT), (_NEW, "5", _NEW_ACT)),
    ),
    ("GST18", "Standard rate 18 %", "taxable", ((_OLD, "18", _OLD_ACT), (_NEW, "18", _NEW_ACT))),
    ("NIL", "Nil-rated goods", "nil_rated", ((_OLD, "0", "2/2017-CT(R)"),)),
    ("EXEMPT", "Exempt services", "exempt", ((_OLD, "0", "12/2017-CT(R)"),)),
)
"""Source: domain rules 1.5, rates and the change of September 2025."""


def begin(new: identity.NewTenant) -> RequestContext:
    """Make a tenant that has its books and a walk-in customer; return what may do everything in it."""
    ctx = identity.provision_tenant(new)
    open_books(ctx, new.state_code)
    return ctx


def open_books(ctx: RequestContext, state_code: str) -> None:
    """Give a tenant the default chart and a walk-in customer; a second time it changes nothing."""
    with db.unit_of_work(ctx) as session:
        if db.fetch_one(session, "select 1 from account limit 1") is None:
            accounting.create_default_chart(session, ctx)
        party.ensure_walk_in(session, ctx, state_code)


def add_tax_classes(ctx: RequestContext) -> None:
    """Add the tax classes; a second time it changes nothing."""
    for code, name, treatment, rates in TAX_CLASSES:
        dated = [{"valid_from": day, "rate": rate, "notification": act} for day, rate, act in rates]
        given = {"code": code, "name": name, "treatment": treatment, "rates": dated}
        platform.run("catalog.create_tax_class", ctx, given | {"idempotency_key": f"seed-{code}"})
