-- A study is removed once, after its time, held by nobody, and only where one person asked and another
-- approved. Whatever the application believes, this decides.
create function sec.check_study_removal() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    kept_years integer;
begin
    if old.removed_at is not null then
        raise exception 'a study is removed once'
            using errcode = '23514', constraint = 'dicom_study_removed_once';
    end if;
    if exists (select from study_hold h where h.tenant_id = new.tenant_id and h.study_id = new.id
                and h.released_at is null) then
        raise exception 'a study under hold is not removed'
            using errcode = '23514', constraint = 'dicom_study_held';
    end if;
    if not exists (select from study_removal r where r.tenant_id = new.tenant_id and r.study_id = new.id
                    and r.status = 'approved' and r.decided_by <> r.asked_by) then
        raise exception 'a study is removed after one person asked and another approved'
            using errcode = '23514', constraint = 'dicom_study_removal_approved';
    end if;
    select r.years into kept_years from retention_rule r
     where r.tenant_id = new.tenant_id order by r.id desc limit 1;
    if exists (select from dicom_instance i
                 join dicom_series s on s.tenant_id = i.tenant_id and s.id = i.series_id
                where s.tenant_id = new.tenant_id and s.study_id = new.id
                  and i.stored_at > new.removed_at - make_interval(years => coalesce(kept_years, 10)))
       or new.removed_at > now() + interval '1 day' then
        raise exception using message = 'a study is kept for ' || coalesce(kept_years, 10) || ' years',
            errcode = '23514', constraint = 'dicom_study_too_young';
    end if;
    return new;
end $$;
create trigger dicom_study_removal before update of removed_at on dicom_study
    for each row when (new.removed_at is distinct from old.removed_at)
    execute function sec.check_study_removal();
