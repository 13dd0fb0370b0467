-- A session that is signed off keeps its patient, and leaves this state only by being reopened.
create or replace function sec.keep_signed_session() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if new.qa_state not in ('signed_off', 'in_review')
       or (new.qa_state = 'in_review' and new.review_round <= old.review_round)
       or (old.patient_id is not null and new.patient_id is distinct from old.patient_id)
       or (old.patient_name <> '' and new.patient_name <> old.patient_name) then
        raise exception 'the session is signed off'
            using errcode = '23514', constraint = 'imaging_session_signed';
    end if;
    return new;
end $$;
