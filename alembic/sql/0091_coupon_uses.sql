-- The use of a coupon is given back once; nothing else of it changes.
create function sec.keep_coupon_use() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.given_back_at is not null
       or to_jsonb(new) - '{given_back_at,given_back_by,given_back_for}'::text[]
          is distinct from to_jsonb(old) - '{given_back_at,given_back_by,given_back_for}'::text[] then
        raise exception 'the use of a coupon is not changed'
            using errcode = '23514', constraint = 'coupon_use_kept';
    end if;
    return new;
end $$;
create trigger coupon_use_kept before update or delete on coupon_use
    for each row execute function sec.keep_coupon_use();
