"""A posted invoice goes to the portal by itself, through the relay and a worker, and stands on its paper."""

import subprocess

import pytest

from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.services import einvoicing, pos
from tests.factories import Shop, broken_promises
from tests.pdf.documents import text
from tests.services.einvoicing.portals import einvoice_of, invoiced, portal, queue, switched_on
from tests.services.trading import rows

__all__ = ["portal"]
POINTS_PER_INCH = 300


@pytest.fixture
def reporting(trader: Shop, portal) -> Shop:
    assert portal
    return switched_on(trader)


def paper(shop: Shop, invoice_id) -> bytes:
    """Return the A4 invoice as it is sent to a browser."""
    with db.unit_of_work(shop.ctx) as session:
        document = pos.get_printed_bill(session, shop.ctx, invoice_id)
        marked = einvoicing.with_portal_marks(session, shop.ctx, invoice_id, document)
    return PdfPrinter().invoice(marked)


def scanned(folder, pdf: bytes) -> list[str]:
    """Print the paper at 300 dots an inch and read every code on it, as a phone would."""
    file = folder / "invoice.pdf"
    file.write_bytes(pdf)
    picture = ["pdftoppm", "-r", str(POINTS_PER_INCH), "-gray", "-png", file, folder / "page"]
    subprocess.run(picture, check=True, timeout=60)
    pages = sorted(folder.glob("page*.png"))
    reader = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *pages]
    done = subprocess.run(reader, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.split()


def test_a_posted_invoice_is_registered_by_itself_and_its_code_is_read_from_the_paper(
    reporting, work, tmp_path
):
    sent = invoiced(reporting)
    assert "NOT YET REGISTERED" in text(paper(reporting, sent.invoice_id))
    work()
    row = einvoice_of(reporting, sent.invoice_id)
    assert row["status"] == "registered", row["problem"]
    pdf = paper(reporting, sent.invoice_id)
    shown = text(pdf)
    assert "NOT YET REGISTERED" not in shown
    assert row["irn"] in shown
    assert f"Acknowledgement {row['ack_no']} of" in shown
    assert row["signed_qr"] in scanned(tmp_path, pdf)
    assert broken_promises() == []


def test_an_invoice_to_a_nameless_customer_is_not_told_of(reporting, work):
    sold = reporting.sell({reporting.variant_ids[0]: 1})
    work(1)
    assert rows(reporting, "select 1 from einvoice") == []
    found = rows(reporting, "select name from event where name = 'billing.document_posted.v1'")
    assert found == []
    assert "NOT YET" not in text(paper(reporting, sold.invoice_id))


def test_a_posted_document_is_told_of_with_it_and_queued_once(reporting, portal):

    sent = invoiced(reporting)
    with db.unit_of_work(reporting.ctx) as session:
        told = db.fetch_all(
            session,
            "select payload from event where name = 'billing.document_posted.v1' and aggregate_id = %s",
            (sent.invoice_id,),
        )
    assert [one["payload"]["document_id"] for one in told] == [str(sent.invoice_id)]
    queue(reporting, sent.invoice_id)
    queue(reporting, sent.invoice_id)
    assert len(rows(reporting, "select 1 from einvoice")) == 1
    assert portal.books.calls == []
