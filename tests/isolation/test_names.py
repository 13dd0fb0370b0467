"""Whatever lies outside the database carries its tenant in its name, and memory is kept apart."""

import pytest

from erp.core import db
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.core.live_channel import live_channel
from erp.services import accounting, documents, identity, platform
from jobs.deliver import deliver
from jobs.run import place_of

CONTENT_DIGEST = "0f" * 32


def test_the_same_bytes_of_two_tenants_are_two_objects(trader, stranger):
    keys = {documents.blob_key(shop.tenant_id, CONTENT_DIGEST) for shop in (trader, stranger)}
    assert len(keys) == 2
    assert all(
        str(shop.tenant_id) in documents.blob_key(shop.tenant_id, CONTENT_DIGEST)
        for shop in (trader, stranger)
    )


def test_a_stored_objects_key_must_name_its_tenant_and_digest(trader):
    with db.unit_of_work(trader.ctx) as session:
        documents.ensure_blob(
            session, trader.ctx, CONTENT_DIGEST, size=1, media_type="application/pdf"
        )
        row = db.fetch_one(session, "select storage_key from blob")
    assert row == {"storage_key": documents.blob_key(trader.tenant_id, CONTENT_DIGEST)}


def test_news_of_a_tenant_rings_on_its_own_channel(trader, stranger):
    assert live_channel(trader.tenant_id, "sales") != live_channel(stranger.tenant_id, "sales")
    assert str(trader.tenant_id) in live_channel(trader.tenant_id, "sales")


def test_accounts_kept_in_memory_are_the_acting_tenants(trader, stranger):
    known = []
    for shop in (trader, stranger):
        with db.unit_of_work(shop.ctx) as session:
            known.append(accounting.account_ids(session, shop.ctx)["cash"])
    assert known[0] != known[1]
    with db.unit_of_work(stranger.ctx) as session:
        row = db.fetch_one(session, "select id from account where key = 'cash'")
    assert row == {"id": known[1]}


def test_a_job_that_names_another_tenants_delivery_does_nothing(trader, stranger, owner):
    trader.sell({trader.variant_ids[0]: 1})
    with db.ops_session() as session:
        platform.seal_events(session, trader.tenant_id, lambda _name: ["probe"], now=trader.ctx.now)
    left = "select id, status, attempts from event_delivery where tenant_id = %s order by id"
    before = owner.execute(left, (trader.tenant_id,)).fetchall()
    assert before
    assert place_of(stranger.tenant_id) is not None
    for delivery_id, _status, _attempts in before:
        deliver(str(stranger.tenant_id), str(delivery_id))
        deliver(str(new_id()), str(delivery_id))
    assert owner.execute(left, (trader.tenant_id,)).fetchall() == before


def test_who_is_signed_in_is_remembered_by_credential_alone(trader, stranger):
    sessions = [
        identity.sign_in(f"cashier@{shop.slug}.example", "correct horse battery")
        for shop in (trader, stranger)
    ]
    seen = [identity.resolve_session(opened.session_token) for opened in sessions]
    again = [identity.resolve_session(opened.session_token) for opened in sessions]
    assert [p.tenant_id for p in seen if p] == [trader.tenant_id, stranger.tenant_id]
    assert again == seen


def test_a_document_of_another_tenant_is_not_there(trader, stranger):
    sale = trader.sell({trader.variant_ids[0]: 1})
    with pytest.raises(NotFound) as foreign:
        stranger.run("billing.get_invoice", {"invoice_id": sale.invoice_id})
    with pytest.raises(NotFound) as absent:
        stranger.run("billing.get_invoice", {"invoice_id": new_id()})
    assert foreign.value.message == absent.value.message
