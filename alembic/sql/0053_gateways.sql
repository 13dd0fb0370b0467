-- Until a payment is captured its amount is an announcement; a refund that failed may have gone back after all.
create or replace function sec.keep_gateway_payment() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"created": 0, "failed": 1, "authorized": 2, "captured": 3}';
begin
    if (new.company_id, new.account_id, new.provider_id) is distinct from (old.company_id, old.account_id, old.provider_id)
       or old.status = 'captured' and (new.amount, new.currency) is distinct from (old.amount, old.currency)
       or (rank ->> new.status)::int < (rank ->> old.status)::int
       or old.captured_at is not null and new.captured_at is distinct from old.captured_at
       or old.link_id is not null and new.link_id is distinct from old.link_id
       or old.receipt_id is not null and new.receipt_id is distinct from old.receipt_id
       or old.entry_id is not null and new.entry_id is distinct from old.entry_id
       or old.settlement_id is not null and new.settlement_id is distinct from old.settlement_id then
        raise exception 'a payment at a provider only moves on'
            using errcode = '23514', constraint = 'gateway_payment_forward';
    end if;
    return new;
end $$;

create or replace function sec.keep_gateway_refund() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"due": 0, "pending": 1, "failed": 2, "processed": 3}';
begin
    if (new.company_id, new.account_id, new.gateway_payment_id, new.reference, new.amount)
       is distinct from (old.company_id, old.account_id, old.gateway_payment_id, old.reference, old.amount)
       or old.provider_id <> '' and new.provider_id <> old.provider_id
       or new.status <> old.status and (rank ->> new.status)::int <= (rank ->> old.status)::int
       or old.settlement_id is not null and new.settlement_id is distinct from old.settlement_id then
        raise exception 'a refund only moves on' using errcode = '23514', constraint = 'gateway_refund_forward';
    end if;
    return new;
end $$;
