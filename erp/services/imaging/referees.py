"""Referees of imaging: nothing counted twice, nothing lost, every receipt once."""

from erp.services.platform import referee

referee(
    "I1",
    "A session counts exactly the objects it stored, those held, and the events received",
    counted="select count(*) from imaging_session",
    offenders="""
        select tenant_id, id, number, stored, quarantined, events from imaging_session held
         where stored <> (select count(*) from dicom_instance i
                           where (i.tenant_id, i.session_id) = (held.tenant_id, held.id))
            or quarantined <> (select count(*) from quarantine q
                                where (q.tenant_id, q.session_id) = (held.tenant_id, held.id)
                                  and q.status in ('open', 'retrying'))
            or events <> (select count(*) from session_event e
                           where (e.tenant_id, e.session_id) = (held.tenant_id, held.id))
         order by tenant_id, id limit 1
    """,
)
referee(
    "I2",
    "Study and series count exactly their objects",
    counted="select count(*) from dicom_study",
    offenders="""
        select study.tenant_id, study.id, study.instances, study.series from dicom_study study
          left join lateral (
               select count(*) as instances, count(distinct series.id) as series,
                      coalesce(sum(instance.size), 0) as bytes,
                      coalesce(bool_and(series.instances =
                          (select count(*) from dicom_instance own
                            where (own.tenant_id, own.series_id) = (series.tenant_id, series.id))),
                          true) as agree
                 from dicom_series series join dicom_instance instance
                   on (instance.tenant_id, instance.series_id) = (series.tenant_id, series.id)
                where (series.tenant_id, series.study_id) = (study.tenant_id, study.id)) found on true
         where (study.instances, study.series, study.bytes, true)
               is distinct from (found.instances::int, found.series::int, found.bytes::bigint, found.agree)
         order by study.tenant_id, study.id limit 1
    """,
)
referee(
    "I3",
    "Every object in the archive has its bytes recorded under the digest and size it was offered with",
    counted="select count(*) from dicom_instance",
    offenders="""
        select instance.tenant_id, instance.id, instance.sop_uid from dicom_instance instance
          left join blob
            on (blob.tenant_id, blob.sha256) = (instance.tenant_id, instance.sha256)
         where blob.size is distinct from instance.size
            or not exists (select from imaging_transfer transfer
                            where transfer.tenant_id = instance.tenant_id
                              and transfer.instance_id = instance.id
                              and transfer.sha256 = instance.sha256)
         order by instance.tenant_id, instance.id limit 1
    """,
)
referee(
    "I4",
    "Every decided transfer of a device on the broker has one receipt that says what was decided,"
    " and no other has one",
    counted="select count(*) from imaging_transfer",
    offenders="""
        select transfer.tenant_id, transfer.id, transfer.status from imaging_transfer transfer
          join imaging_device device
            on (device.tenant_id, device.id) = (transfer.tenant_id, transfer.device_id)
          left join device_message said
            on (said.tenant_id, said.device_id) = (transfer.tenant_id, transfer.device_id)
           and said.channel = 'receipt' and said.subject = transfer.transfer_id
         where (transfer.status = 'granted' or device.kind <> 'mqtt') <> (said.id is null)
            or (transfer.status = 'granted' and device.kind <> 'mqtt')
            or (transfer.status = 'granted') <> (transfer.decided_at is null)
            or said.payload::jsonb ->> 'status' <> transfer.status
            or transfer.tries <> (select count(*) from ingest_attempt attempt
                where (attempt.tenant_id, attempt.transfer_id) = (transfer.tenant_id, transfer.id)
                  and not (attempt.source = 'retry' and attempt.outcome not in ('stored', 'duplicate')))
         order by transfer.tenant_id, transfer.id limit 1
    """,
)
referee(
    "I5",
    "A session's review state is that of its latest decision",
    counted="select count(*) from qa_review",
    offenders="""
        select held.tenant_id, held.id, held.number, held.qa_state from imaging_session held
         where held.qa_state <> coalesce(
               (select review.to_state from qa_review review
                 where (review.tenant_id, review.session_id) = (held.tenant_id, held.id)
                 order by review.id desc limit 1), 'new')
         order by held.tenant_id, held.id limit 1
    """,
)
