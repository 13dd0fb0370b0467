"""Invariants of laboratories."""

from erp.services.platform import referee

referee(
    "LB1",
    "Every result takes the place of none or of one before it, of the same analyte in the same"
    " report, and each report's versions are counted from one without a gap",
    counted="select count(*) from lab_result",
    offenders="""
        select r.tenant_id, r.id as result_id, r.supersedes_id, null::uuid as report_id
          from lab_result r
          join lab_report_version v on (v.tenant_id, v.id) = (r.tenant_id, r.version_id)
          left join lab_result b on (b.tenant_id, b.id) = (r.tenant_id, r.supersedes_id)
          left join lab_report_version w on (w.tenant_id, w.id) = (b.tenant_id, b.version_id)
         where v.report_id <> r.report_id
            or (r.supersedes_id is not null
                and (b.report_id, b.analyte_id, b.sub_id) is distinct from (r.report_id, r.analyte_id, r.sub_id))
            or (r.supersedes_id is not null and w.version > v.version)
        union all
        select p.tenant_id, null, null, p.id
          from lab_report p
          left join lab_report_version v on (v.tenant_id, v.report_id) = (p.tenant_id, p.id)
         group by p.tenant_id, p.id
        having count(v.id) = 0 or max(v.version) <> count(v.id)
         limit 1
    """,
)
referee(
    "LB2",
    "Every row of a laboratory's file that was taken is a result of its report, made by its file",
    counted="select count(*) from lab_row where status = 'taken'",
    offenders="""
        select w.tenant_id, w.id as row_id, w.report_number, p.number
          from lab_row w
          join lab_result r on (r.tenant_id, r.id) = (w.tenant_id, w.result_id)
          join lab_report_version v on (v.tenant_id, v.id) = (r.tenant_id, r.version_id)
          join lab_report p on (p.tenant_id, p.id) = (r.tenant_id, r.report_id)
         where w.status = 'taken'
           and (p.number <> w.report_number or p.laboratory_id <> w.laboratory_id
                or v.file_id is distinct from w.file_id)
         limit 1
    """,
)
