"""A bank's file over REST, and what is written of it: nothing executes, and nobody else sees it."""

import csv
import io

from erp.core.ids import new_id
from tests.api.test_printing import bearer, words
from tests.factories import Shop
from tests.services.banking.statements import bank_account, csv_of, waiting

FILE = {"content-type": "application/octet-stream"}


def test_a_statement_comes_by_rest_and_goes_out_on_paper_and_as_a_list(
    rest, s3, trader: Shop, stranger: Shop
):
    assert s3
    account = bank_account(trader)
    path = f"/api/erp/bank-accounts/{account}"
    risky = '=HYPERLINK("http://x")'
    content = csv_of("0", (trader.ctx.today, risky.replace(",", " "), "", 7))

    def send(shop: Shop, role: str, to: str = path, body: bytes = content):
        asked = f"{to}/files?file_name=bank.csv"
        return rest.post(asked, content=body, headers=bearer(shop, role) | FILE)

    assert send(trader, "manager").status_code == 403
    assert send(stranger, "accountant").status_code == 404
    assert send(trader, "accountant", f"/api/erp/bank-accounts/{new_id()}").status_code == 404
    assert send(trader, "accountant", body=b"<OFX><STMTTRN>").status_code == 422
    first, again = send(trader, "accountant"), send(trader, "owner")
    assert (first.status_code, first.json()["is_known"]) == (201, False)
    assert again.json() == {"id": first.json()["id"], "is_known": True}
    by = bearer(trader, "accountant")
    made = rest.post(
        f"/api/erp/bank-files/{first.json()['id']}/import",
        headers=by | {"Idempotency-Key": str(new_id())},
        json={},
    )
    assert made.json()["closing"] == "7.00"
    assert waiting(trader, account)[0].text == risky

    export = f"/api/erp/export/banking.list_open_lines.csv?bank_account_id={account}"
    rows = list(
        csv.DictReader(io.StringIO(rest.get(export, headers=by).content.decode("utf-8-sig")))
    )
    assert rows[0]["text"] == f"'{risky}"
    paper = f"{path}/reconciliation.pdf"
    text = words(rest.get(paper, headers=by).content)
    for word in ("BANK RECONCILIATION STATEMENT", "50200012345678", "Not in the books yet", "7.00"):
        assert word in text
    assert rest.get(f"{paper}?as_of=soon", headers=by).status_code == 422
    assert rest.get(paper, headers=bearer(stranger, "accountant")).status_code == 404
    assert rest.get(paper, headers=bearer(trader, "cashier")).status_code == 403
