-- Logins and sessions belong to no tenant: the application reaches them only through
-- these functions, so that no statement of its own can list them. Those that look across
-- tenants work only at the door.
create function sec.find_login(wanted text)
returns table (user_id uuid, display_name text, password_hash text, is_active boolean,
               locked_until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select id, display_name, password_hash, is_active, locked_until
      from user_account where (select sec.at_door()) and login = lower(wanted)
$$;

create function sec.tenants_of(wanted uuid)
returns table (tenant_id uuid, tenant_name text, membership_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select tenant.id, tenant.name, membership.id
      from membership join tenant on tenant.id = membership.tenant_id
     where (select sec.at_door())
       and membership.user_id = wanted and membership.is_active and not tenant.is_suspended
     order by membership.created_at, tenant.id
$$;

create function sec.record_sign_in(wanted uuid, succeeded boolean, lock_after integer, lock_for interval)
returns timestamptz
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    update user_account
       set failed_sign_ins = case when succeeded then 0 else failed_sign_ins + 1 end,
           locked_until = case
               when succeeded then null
               when failed_sign_ins + 1 >= lock_after and (failed_sign_ins + 1) % lock_after = 0
                    then now() + lock_for
               else locked_until end
     where (select sec.at_door()) and id = wanted
    returning locked_until
$$;

create function sec.open_session(
    session_id uuid, session_token_hash text, wanted_user uuid, wanted_tenant uuid,
    expires timestamptz, ip text, agent text)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    insert into user_session (id, token_hash, user_id, tenant_id, last_seen_at, expires_at, ip_address, user_agent)
    select session_id, session_token_hash, wanted_user, wanted_tenant, now(), expires, ip, left(agent, 300)
      from membership
     where (select sec.at_door())
       and user_id = wanted_user and tenant_id = wanted_tenant and is_active
$$;

create function sec.find_session(wanted_hash text)
returns table (session_id uuid, user_id uuid, tenant_id uuid)
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    select session.id, session.user_id, session.tenant_id
      from user_session session
      join user_account account on account.id = session.user_id and account.is_active
      join tenant on tenant.id = session.tenant_id and not tenant.is_suspended
     where (select sec.at_door())
       and session.token_hash = wanted_hash and session.revoked_at is null and session.expires_at > now()
$$;

create function sec.touch_session(wanted uuid, expires timestamptz)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    update user_session set last_seen_at = now(), expires_at = expires
     where (select sec.at_door())
       and id = wanted and revoked_at is null and last_seen_at < now() - interval '1 minute'
$$;

create function sec.revoke_session(wanted_hash text)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    update user_session set revoked_at = now()
     where (select sec.at_door()) and token_hash = wanted_hash and revoked_at is null
$$;

-- Ends every session a member has in the acting tenant.
create function sec.revoke_sessions_of(wanted_user uuid)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    update user_session set revoked_at = now()
     where user_id = wanted_user and tenant_id = sec.tenant() and revoked_at is null
$$;

-- First use binds a tab to a session; later uses must match.
create function sec.bind_tab(wanted_session uuid, tab_hash text)
returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform sec.at_door();
    insert into session_tab (client_token_hash, session_id) values (tab_hash, wanted_session)
    on conflict (client_token_hash) do nothing;
    return exists (select 1 from session_tab
                    where client_token_hash = tab_hash and session_id = wanted_session);
end $$;

create function sec.login_of(wanted uuid)
returns table (login text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select login from user_account
     where id = wanted
       and exists (select 1 from membership where user_id = wanted and tenant_id = sec.tenant())
$$;

-- A login that opens other tenants too is nobody's here to change.
create function sec.is_shared_login(wanted uuid)
returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
    select exists (select 1 from membership where user_id = wanted and tenant_id <> sec.tenant())
       and exists (select 1 from membership where user_id = wanted and tenant_id = sec.tenant())
$$;

-- Only the operators' role makes tenants.
create function sec.create_tenant(new_id uuid, shown_name text, short_name text, zone text, demo boolean)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    insert into tenant (id, name, slug, time_zone, is_demo, is_suspended)
    values (new_id, shown_name, short_name, zone, demo, false)
$$;

-- Makes a login, or returns the one that has the name; never changes an existing password.
create function sec.ensure_account(new_id uuid, wanted_login text, shown_name text, new_hash text)
returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if sec.tenant() is null then
        raise exception 'only a tenant may invite' using errcode = '42501';
    end if;
    insert into user_account (id, login, display_name, password_hash, is_active, failed_sign_ins)
    values (new_id, lower(wanted_login), shown_name, new_hash, true, 0)
    on conflict (login) do nothing;
    return (select id from user_account where login = lower(wanted_login));
end $$;

-- Changes nothing for a login that is not a member here, or is one elsewhere too.
create function sec.change_password(wanted uuid, new_hash text)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    with changed as (
        update user_account set password_hash = new_hash, failed_sign_ins = 0, locked_until = null
         where id = wanted and not sec.is_shared_login(wanted)
           and exists (select 1 from membership where user_id = wanted and tenant_id = sec.tenant())
        returning id)
    update user_session set revoked_at = now()
     where user_id in (select id from changed) and revoked_at is null
$$;
-- For the person who has just shown the present password; a shared login included.
create function sec.change_own_password(wanted uuid, new_hash text)
returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    with changed as (
        update user_account set password_hash = new_hash, failed_sign_ins = 0, locked_until = null
         where (select sec.at_door()) and id = wanted
        returning id)
    update user_session set revoked_at = now()
     where user_id in (select id from changed) and revoked_at is null
$$;
-- Only the operators' role forgets sessions, of every tenant; their tabs go with them.
create function sec.forget_sessions(ended_before timestamptz)
returns bigint
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
    with forgotten as (
        delete from user_session where least(revoked_at, expires_at) < ended_before returning 1)
    select count(*) from forgotten
$$;
grant select, insert on tenant to erp_definer;
grant select on membership to erp_definer;
grant select, insert, update on user_account, user_session, session_tab to erp_definer;
grant delete on user_session to erp_definer;
do $$
declare
    signature regprocedure;
begin
    for signature in select oid from pg_proc where pronamespace = 'sec'::regnamespace
                     and proname in ('find_login', 'tenants_of', 'record_sign_in', 'open_session',
                                     'find_session', 'touch_session', 'revoke_session',
                                     'revoke_sessions_of', 'bind_tab', 'ensure_account', 'change_password',
                                     'login_of', 'is_shared_login', 'change_own_password',
                                     'create_tenant', 'forget_sessions')
    loop
        execute format('alter function %s owner to erp_definer', signature);
        execute format('revoke all on function %s from public', signature);
        execute format('grant execute on function %s to erp_app', signature);
    end loop;
end $$;
revoke execute on function sec.create_tenant(uuid, text, text, text, boolean) from erp_app;
grant execute on function sec.create_tenant(uuid, text, text, text, boolean) to erp_ops;
revoke execute on function sec.forget_sessions(timestamptz) from erp_app;
grant execute on function sec.forget_sessions(timestamptz) to erp_ops;
