-- When a decision is due: from completion, by urgency, as the protocol says, or else every other one.
create function sec.set_imaging_due() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    minutes integer;
begin
    if tg_op = 'UPDATE' and (new.completed_at, new.urgency, new.protocol)
                            is not distinct from (old.completed_at, old.urgency, old.protocol) then
        return new;
    end if;
    select case new.urgency when 2 then stat_minutes when 1 then urgent_minutes else routine_minutes end
      into minutes
      from imaging_protocol
     where tenant_id = new.tenant_id and code in ('', lower(new.protocol))
     order by code desc limit 1;
    new.due_at := new.completed_at + make_interval(mins =>
        coalesce(minutes, case new.urgency when 2 then 60 when 1 then 240 else 1440 end));
    return new;
end $$;
create trigger imaging_session_due before insert or update of completed_at, urgency, protocol
    on imaging_session for each row execute function sec.set_imaging_due();

-- What was signed stays as it was signed: nothing is drawn or read in a session that is signed off.
-- The lock makes a sign-off and a measurement of the same moment follow one another.
create function sec.refuse_after_sign_off() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    state text;
begin
    select qa_state into state from imaging_session
     where tenant_id = new.tenant_id and id = new.session_id for share;
    if state = 'signed_off' then
        raise exception 'the session is signed off'
            using errcode = '23514', constraint = 'imaging_session_signed';
    end if;
    return new;
end $$;
create trigger annotation_after_sign_off before insert on annotation
    for each row execute function sec.refuse_after_sign_off();
create trigger qa_reading_after_sign_off before insert on qa_reading
    for each row execute function sec.refuse_after_sign_off();

-- A session that is signed off keeps its patient, and leaves this state only by being reopened.
create function sec.keep_signed_session() returns trigger
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
create trigger imaging_session_signed before update on imaging_session
    for each row when (old.qa_state = 'signed_off') execute function sec.keep_signed_session();
