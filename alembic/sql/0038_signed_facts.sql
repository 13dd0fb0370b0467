-- A session that is signed off keeps every fact that was signed, one that was empty too, and leaves
-- this state only by being reopened.
create or replace function sec.keep_signed_session() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if new.qa_state not in ('signed_off', 'in_review')
       or (new.qa_state = 'in_review' and new.review_round <= old.review_round)
       or (new.number, new.external_id, new.patient_id, new.patient_code, new.patient_name,
           new.accession, new.protocol, new.study_uid)
          is distinct from
          (old.number, old.external_id, old.patient_id, old.patient_code, old.patient_name,
           old.accession, old.protocol, old.study_uid) then
        raise exception 'the session is signed off'
            using errcode = '23514', constraint = 'imaging_session_signed';
    end if;
    return new;
end $$;
