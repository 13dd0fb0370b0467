-- What was signed stays as it was signed: no other summary is written until the session is reopened.
create trigger imaging_summary_after_sign_off before insert on imaging_summary
    for each row execute function sec.refuse_after_sign_off();

-- What was sent to a model, and what came back, stays as it was; only what became of it changes.
create function sec.keep_ai_draft() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.tenant_id, new.id, new.session_id, new.model, new.request, new.input_digest,
        new.asked_by, new.asked_by_name, new.asked_at)
       is distinct from
       (old.tenant_id, old.id, old.session_id, old.model, old.request, old.input_digest,
        old.asked_by, old.asked_by_name, old.asked_at)
       or (old.ended_at is not null
           and (new.answer, new.problem, new.started_at, new.ended_at)
               is distinct from (old.answer, old.problem, old.started_at, old.ended_at))
       or old.status in ('failed', 'cancelled', 'accepted', 'discarded') then
        raise exception 'a draft keeps what was sent and what came back'
            using errcode = '23514', constraint = 'ai_draft_kept';
    end if;
    return new;
end $$;
create trigger ai_draft_kept before update on ai_draft
    for each row execute function sec.keep_ai_draft();
