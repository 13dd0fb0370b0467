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
referee(
    "IQ1",
    "A decision is that of its readers: of one, of two who agree, or of who resolved it",
    counted="select count(*) from qa_reading",
    offenders="""
        select held.tenant_id, held.id, held.number, held.qa_state, held.awaiting
          from imaging_session held
          join lateral (select count(*) as readers, max(place) as last,
                               (array_agg(verdict order by place desc))[1] as verdict,
                               count(distinct verdict) filter (where place < 3) as views
                          from qa_reading read
                         where (read.tenant_id, read.session_id, read.review_round)
                               = (held.tenant_id, held.id, held.review_round)) found on true
         where held.awaiting = 'second' and found.readers <> 1
            or held.awaiting = 'resolution' and (found.readers, found.views) <> (2, 2)
            or held.awaiting = '' and held.qa_state in ('new', 'in_review', 'on_hold')
               and found.readers > 0
            or found.readers > 0 and found.readers <> found.last
            or found.readers > 0 and held.decided_at is not null
               and (found.verdict <> case held.qa_state when 'signed_off' then 'accepted'
                                                         else held.qa_state end
                    or found.views = 2 and found.last < 3)
         order by held.tenant_id, held.id limit 1
    """,
)
referee(
    "IQ2",
    "What was signed is word for word what was hashed, and its objects and measurements are still there",
    counted="select count(*) from qa_signature",
    offenders="""
        select signed.tenant_id, signed.id, signed.session_id from qa_signature signed
          join imaging_session held
            on (held.tenant_id, held.id) = (signed.tenant_id, signed.session_id)
         where signed.content_hash <> encode(sha256(convert_to(signed.content, 'UTF8')), 'hex')
            or exists (select from jsonb_array_elements(signed.content::jsonb -> 'objects') as listed
                        where not exists (select from dicom_instance kept
                               where kept.tenant_id = signed.tenant_id
                                 and kept.session_id = signed.session_id
                                 and kept.sop_uid = listed ->> 'sop_uid'
                                 and kept.sha256 = listed ->> 'sha256'))
            or (held.qa_state, held.review_round) = ('signed_off', signed.review_round)
               and (select count(*) from annotation drawn
                     where (drawn.tenant_id, drawn.session_id) = (held.tenant_id, held.id)
                       and not drawn.is_deleted and not exists (
                           select from annotation later where later.tenant_id = drawn.tenant_id
                              and later.supersedes_id = drawn.id))
                   <> jsonb_array_length(signed.content::jsonb -> 'measurements')
         order by signed.tenant_id, signed.id limit 1
    """,
)
referee(
    "IQ3",
    "A session that is signed off has its signature, and no other is in that state",
    counted="select count(*) from imaging_session where qa_state = 'signed_off'",
    offenders="""
        select held.tenant_id, held.id, held.number from imaging_session held
         where held.qa_state = 'signed_off' and not exists (
               select from qa_signature signed
                where (signed.tenant_id, signed.session_id, signed.review_round)
                      = (held.tenant_id, held.id, held.review_round))
         order by held.tenant_id, held.id limit 1
    """,
)
referee(
    "IA1",
    "Every appointment that stands holds exactly its time on its device, and no other does",
    counted="select count(*) from imaging_order where minutes is not null",
    offenders="""
        select planned.tenant_id, planned.id, planned.accession from imaging_order planned
         cross join lateral (
               select count(*) as cells, bool_and(slot.device_id = planned.device_id
                      and slot.starts_at >= planned.scheduled_at
                      and slot.starts_at < planned.scheduled_at + planned.minutes * interval '1 minute')
                      as fits
                 from imaging_slot slot
                where (slot.tenant_id, slot.order_id) = (planned.tenant_id, planned.id)
                  and slot.is_held) held
         where held.cells <> case when planned.status = 'cancelled' then 0
                                  else coalesce(planned.minutes, 0) / 5 end
            or not coalesce(held.fits, true)
         order by planned.tenant_id, planned.id limit 1
    """,
)
referee(
    "IP1",
    "A performed step counts the objects its series list, and one that ended says when, and what it made"
    " if it was completed",
    counted="select count(*) from performed_step",
    offenders="""
        select step.tenant_id, step.id, step.sop_uid, step.state, step.images from performed_step step
         where step.images <> (select coalesce(sum(jsonb_array_length(made -> 'images')), 0)
                                 from jsonb_array_elements(step.series) made)
            or step.state <> 'in_progress' and step.ended_at is null
            or step.state = 'completed' and jsonb_array_length(step.series) = 0
         order by step.tenant_id, step.id limit 1
    """,
)
