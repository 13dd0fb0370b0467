"""What a shop is told and keeps: a delivery that died, news, a printed document."""

from uuid import UUID

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.services import platform, workflows
from erp.services.workflows import News
from tests.factories import Shop
from tests.isolation.examples import Ids


def told(shop: Shop, invoice_id: UUID) -> Ids:
    """Let a delivery die, tell somebody something, store a paper, and return the ids."""
    return _dead_delivery(shop) | _news(shop) | _document(shop, invoice_id)


def _dead_delivery(shop: Shop) -> Ids:
    with db.ops_session() as session:
        platform.seal_events(session, shop.tenant_id, lambda _name: ["probe"], now=utc_now())
        row = db.fetch_one(
            session,
            "update event_delivery set status = 'dead' where tenant_id = %s and subscriber = 'probe'"
            " returning id",
            (shop.tenant_id,),
        )
    assert row is not None
    return {"delivery_id": row["id"]}


def _news(shop: Shop) -> Ids:
    with db.unit_of_work(shop.ctx) as session:
        news = News(kind="test", title="Look here", dedupe_key="once")
        workflows.notify(session, shop.ctx, [shop.ctx.user_id], news)
        row = db.fetch_one(
            session, "select id from notification where tenant_id = %s", (shop.tenant_id,)
        )
    assert row is not None
    return {"notification_id": row["id"]}


def _document(shop: Shop, invoice_id: UUID) -> Ids:
    """Store a document about the invoice, as the printer would."""
    digest, document_id = "a" * 64, new_id()
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into blob (tenant_id, sha256, size, storage_key, media_type)"
            " values (%s, %s, 1, %s, 'application/pdf')",
            (shop.tenant_id, digest, f"{shop.tenant_id}/{digest}"),
        )
        db.execute(
            session,
            "insert into stored_document (tenant_id, id, origin_type, origin_id, variant, version,"
            " file_name, media_type, sha256) values (%s, %s, 'invoice', %s, 'a4', 1, 'x.pdf',"
            " 'application/pdf', %s)",
            (shop.tenant_id, document_id, invoice_id, digest),
        )
    return {"document_id": document_id}
