-- The newest statement of an account may be withdrawn, once, while none of its lines is matched. Its lines
-- stay and count no more; nothing else of a statement or a line ever changes.
drop trigger bank_statement_immutable on bank_statement;
drop trigger bank_line_immutable on bank_line;

create function sec.withdraw_statement() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    kept constant text[] := array['withdrawn_at', 'withdrawn_by', 'withdraw_reason'];
begin
    if tg_op = 'DELETE' or old.withdrawn_at is not null or new.withdrawn_at is null
       or to_jsonb(new) - kept is distinct from to_jsonb(old) - kept then
        raise exception 'bank_statement rows are only withdrawn'
            using errcode = '23514', constraint = 'bank_statement_immutable';
    end if;
    if exists (select 1 from bank_statement newer
                where newer.tenant_id = new.tenant_id and newer.bank_account_id = new.bank_account_id
                  and newer.id > new.id and newer.withdrawn_at is null) then
        raise exception 'a newer statement follows this one'
            using errcode = '23514', constraint = 'bank_statement_newest';
    end if;
    if exists (select 1 from bank_line line
                 join bank_match_member member on member.tenant_id = line.tenant_id
                      and member.bank_line_id = line.id and member.is_live
                where line.tenant_id = new.tenant_id and line.statement_id = new.id) then
        raise exception 'lines of this statement are matched'
            using errcode = '23514', constraint = 'bank_statement_matched';
    end if;
    return new;
end $$;
create trigger bank_statement_withdrawn before update or delete on bank_statement
    for each row execute function sec.withdraw_statement();

create function sec.withdraw_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update bank_line set is_live = false where tenant_id = new.tenant_id and statement_id = new.id;
    return null;
end $$;
create trigger bank_statement_lines after update on bank_statement
    for each row execute function sec.withdraw_lines();

create function sec.keep_bank_line() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or not old.is_live or new.is_live
       or to_jsonb(new) - 'is_live' is distinct from to_jsonb(old) - 'is_live'
       or not exists (select 1 from bank_statement statement
                       where statement.tenant_id = new.tenant_id and statement.id = new.statement_id
                         and statement.withdrawn_at is not null) then
        raise exception 'bank_line rows are never changed or deleted'
            using errcode = '23514', constraint = 'bank_line_immutable';
    end if;
    return new;
end $$;
create trigger bank_line_kept before update or delete on bank_line
    for each row execute function sec.keep_bank_line();

grant update (withdrawn_at, withdrawn_by, withdraw_reason) on bank_statement to erp_app;
