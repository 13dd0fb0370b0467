"""Photos of bills are seen by who sent them, and by who decides about claims of the same company."""

from dataclasses import replace

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import documents, expenses
from tests.factories import Shop
from tests.services.expenses.spending import claim, spent


def send(ctx):
    """Keep a photo as the edge does and return its receipt's id."""
    digest = f"{new_id().hex}{new_id().hex}"
    with db.unit_of_work(ctx) as session:
        kept = expenses.keep_receipt(session, ctx, digest, expenses.PICTURE, "bill.jpg")
        new = documents.NewDocument(
            expenses.RECEIPT, kept.id, "small", "bill.jpg", expenses.PICTURE
        )
        documents.store_bytes(session, ctx, object_storage(), new, b"photo")
    return kept.id


def sees(ctx, receipt_id):
    with db.unit_of_work(ctx) as session:
        try:
            kept = expenses.get_receipt(session, ctx, receipt_id, "small")
            again = documents.GetDocument(document_id=kept.id)
            documents.get_document(session, replace(ctx, permissions=frozenset({"*"})), again)
        except NotFound:
            return False
    return True


@pytest.fixture
def store(s3):
    assert s3
    object_storage.cache_clear()
    object_storage().ensure_bucket()


@pytest.mark.usefixtures("store")
def test_a_photo_is_seen_by_its_sender_and_by_who_decides_in_the_same_company(shop: Shop):
    cashier, manager = shop.acting_as("cashier"), shop.acting_as("manager")
    receipt = send(cashier)
    assert sees(cashier, receipt)
    assert not sees(manager, receipt), "nobody handed it in yet"
    claim(shop, spent(shop) | {"receipt_id": receipt})
    assert sees(manager, receipt)
    elsewhere = replace(manager, company_id=new_id())
    assert not sees(elsewhere, receipt), "another company of the organisation"
    assert sees(replace(cashier, company_id=new_id()), receipt), "who sent it"
