"""Invariants of the party register."""

from erp.services.platform import referee

referee(
    "P10",
    "A party registered for GST has a GSTIN of its own PAN, and no other party has one",
    counted="select count(*) from party",
    offenders="""
        select tenant_id, id as party_id, code, gst_category, gstin
          from party
         where (gst_category = 'unregistered') <> (gstin is null)
            or (gstin is not null and substr(gstin, 3, 10) is distinct from pan)
    """,
)
referee(
    "P11",
    "Every party stands in at least one role",
    counted="select count(*) from party",
    offenders="""
        select p.tenant_id, p.id as party_id, p.code from party p
         where not exists (select 1 from party_role r
                            where r.tenant_id = p.tenant_id and r.party_id = p.id)
    """,
)
