"""From whom medicines may be bought."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired
from erp.core.formatting import date_text
from erp.models.catalog import LicenceClass
from erp.services.catalog.errors import LicenceExpired, LicenceMissing, LicenceOtherForm
from erp.services.party import LicenceForm

_SELLS_TO_TRADE = frozenset({LicenceForm.WHOLESALE, LicenceForm.MAKER})


def require_licensed_source(
    session: Session, ctx: RequestContext, supplier_id: UUID, variant_ids: Sequence[UUID]
) -> None:
    """Ask before medicines come from who has no drug licence to sell them to the trade.

    Goods that need no licence are bought from anybody. A licence whose form nobody recorded is taken
    for the right one.

    Raises:
        LicenceMissing: None is on record. LicenceOtherForm: it is for something else.
        LicenceExpired: It has ended. Each may be confirmed, and is at `supplier_id`.

    Source: Drugs Rules 1945, rules 67-C and 67-G: wholesale on Form 20-D, and records of purchase.
    """
    row = db.fetch_one(
        session,
        """
        select s.name, s.drug_licence_no as number, s.drug_licence_form as form,
               s.drug_licence_expires_on as ends
          from party s
         where s.tenant_id = %(tenant)s and s.id = %(supplier)s
           and exists (select 1 from variant v
                         join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
                        where v.tenant_id = s.tenant_id and v.id = any(%(variants)s)
                          and p.licence_class <> %(open)s)
        """,
        {
            "tenant": ctx.tenant_id,
            "supplier": supplier_id,
            "variants": list(variant_ids),
            "open": LicenceClass.OPEN,
        },
    )
    question = _doubt(ctx, row) if row else None
    if question is not None and question.code not in ctx.confirmed:
        raise question


def _doubt(ctx: RequestContext, about: Mapping[str, Any]) -> ConfirmationRequired | None:
    name, ends = about["name"], about["ends"]
    kind: type[ConfirmationRequired]
    if not about["number"]:
        kind, why = (
            LicenceMissing,
            f"{name} has no drug licence on record. Ask for it and record it",
        )
    elif about["form"] is not None and about["form"] not in _SELLS_TO_TRADE:
        kind, why = (
            LicenceOtherForm,
            (
                f"The drug licence of {name} is not on Form 20-D or 25-C, which it takes to sell medicines"
                " to the trade. Ask for the right one"
            ),
        )
    elif ends is not None and ends < ctx.today:
        kind = LicenceExpired
        why = f"The drug licence of {name} ended on {date_text(ends)}. Ask for the renewed one"
    else:
        return None
    message = f"{why}, or confirm to take their medicines all the same."
    return kind(message, fields={"supplier_id": message})
