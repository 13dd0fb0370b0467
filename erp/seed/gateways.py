"""The demo's payments by link: one that waits, two that came, a settlement, and what a person has to settle."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.seed.orders import people_of
from erp.services import gateways, payments, platform
from erp.services.gateways import LinkFacts, PaymentFacts, SettledFacts

LINKS = 3
SHARE = 4
"""A link asks for a fourth of what its customer owes."""
FEE, TAX = 200, 18
"""Of ten thousand the provider keeps, and the GST on that in percent."""


def seed_gateways(ctx: RequestContext) -> None:
    """Open an account of the demo, ask for money three times, and let a provider say what became of it."""
    people = people_of(ctx)
    by = people["accountant"]
    keys = _account(people["owner"])
    links = [_link(by, debtor, place) for place, debtor in enumerate(_debtors(by))]
    opened = [_open(by, link_id, f"plink_demo{place}") for place, link_id in enumerate(links)]
    facts = [_paid(row, f"pay_demo{place}") for place, row in enumerate(opened[1:], start=1)]
    stray = PaymentFacts("pay_demo9", "captured", 125_000, "INR", "card")
    for one in (*facts, stray):
        _told(by, keys, one)
    _pay_out(by, keys, [*facts[:1], stray])


def _account(owner: RequestContext) -> gateways.AccountKeys:
    given = {
        "provider": "razorpay",
        "name": "Online payments",
        "key_id": "rzp_demo_2611",
        "key_secret": "no-provider-knows-this",
        "webhook_secret": "no-provider-signs-this",
        "is_interstate": True,
        "supplier_gstin": "29ZZZFZ0201Z1ZO",
        "idempotency_key": "seed-gateway",
    }
    made: Any = platform.run("gateways.open_account", owner, given).result
    with db.unit_of_work(owner) as session:
        return gateways.keys_of(session, owner, made.id)


def _debtors(by: RequestContext) -> list[payments.AgeRow]:
    """Return whom each link asks, those who owe little first; one who owes alone is asked for several parts."""
    page: Any = platform.run("payments.age_items", by, {"ledger": "customer"}).result
    owing = sorted((row for row in page.rows if row.balance >= SHARE), key=lambda row: row.balance)
    return [owing[place % len(owing)] for place in range(LINKS if owing else 0)]


def _link(by: RequestContext, debtor: payments.AgeRow, place: int) -> UUID:
    asked = {
        "party_id": debtor.party_id,
        "amount": debtor.balance // SHARE,
        "idempotency_key": f"seed-link-{place}",
    }
    sure = ["already_requested"]
    made: Any = platform.run("gateways.request_payment", by, asked, confirm=sure).result
    found: UUID = made.id
    return found


def _open(by: RequestContext, link_id: UUID, provider_id: str) -> db.Row:
    """Let the provider make a link."""
    with db.unit_of_work(by) as session:
        plan = gateways.claim_link(session, by, link_id)
        assert plan is not None  # noqa: S101  it was asked for just now
        url = f"https://pay.example/{provider_id}"
        link = LinkFacts(provider_id, plan.order.reference, url, "open")
        gateways.note_link(session, by, plan, gateways.LinkOutcome(link))
        row = db.fetch_one(
            session,
            "select amount, reference, provider_id from payment_link where tenant_id = %s and id = %s",
            (by.tenant_id, link_id),
        )
    assert row is not None  # noqa: S101  it was made just now
    return row


def _paid(link: db.Row, payment_id: str) -> PaymentFacts:
    paise = int(link["amount"] * 100)
    return PaymentFacts(
        payment_id, "captured", paise, "INR", "upi", link["reference"], link["provider_id"]
    )


def _told(by: RequestContext, keys: gateways.AccountKeys, facts: PaymentFacts) -> None:
    with db.unit_of_work(by) as session:
        gateways.note_payment(session, by, keys, replace(facts, captured_at=by.now))


def _pay_out(by: RequestContext, keys: gateways.AccountKeys, paid: list[PaymentFacts]) -> None:
    """Let the provider pay out what came, less its charges, and something that nobody explains."""
    lines = [SettledFacts("payment", one.id, one.paise, *_kept(one.paise)) for one in paid]
    lines.append(SettledFacts("other", "adj_demo1", -5_000, 0, 0))
    total = sum(line.net for line in lines)
    facts = gateways.SettlementFacts(
        "setl_demo1", total, "INR", "RZPN2611220001", by.today, tuple(lines)
    )
    with db.unit_of_work(by) as session:
        gateways.note_settlement(session, by, keys, facts, gateways.Looked())
        gateways.note_settled(session, by, keys.account_id)


def _kept(paise: int) -> tuple[int, int]:
    fee = paise * FEE // 10_000
    return fee, fee * TAX // 100
