"""Referees of the documents domain."""

from erp.services.platform import referee

referee(
    "D1",
    "Every stored document has its bytes recorded, and its versions count from 1",
    counted="select count(*) from stored_document",
    offenders="""
        select tenant_id, id, why from (
            select document.tenant_id, document.id,
                   case when blob.sha256 is null then 'no bytes are recorded'
                        when document.version <> row_number() over (
                             partition by document.tenant_id, origin_type, origin_id, variant
                             order by version) then 'a version is missing' end as why
              from stored_document document
              left join blob
                on (blob.tenant_id, blob.sha256) = (document.tenant_id, document.sha256)) judged
         where why is not null order by tenant_id, id limit 1
    """,
)
referee(
    "D2",
    "Kept bytes were whole when they were last read back",
    counted="select count(*) from blob",
    offenders="""
        select tenant_id, sha256, fault from blob_state
         where fault <> '' and removed_at is null order by tenant_id, sha256 limit 1
    """,
)
