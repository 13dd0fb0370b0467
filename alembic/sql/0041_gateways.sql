-- What was asked for never changes, and what a provider says of it moves forward only: a late or repeated word of an
-- earlier state changes nothing that has come further.
create function sec.keep_payment_link() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"due": 0, "refused": 1, "open": 1, "cancelled": 2, "expired": 2, "paid": 3}';
begin
    if (new.company_id, new.branch_id, new.account_id, new.party_id, new.invoice_id, new.reference, new.amount, new.expires_at)
       is distinct from
       (old.company_id, old.branch_id, old.account_id, old.party_id, old.invoice_id, old.reference, old.amount, old.expires_at)
       or old.provider_id <> '' and (new.provider_id, new.url) is distinct from (old.provider_id, old.url)
       or new.status <> old.status and (rank ->> new.status)::int <= (rank ->> old.status)::int then
        raise exception 'a payment link only moves on' using errcode = '23514', constraint = 'payment_link_forward';
    end if;
    return new;
end $$;
create trigger payment_link_forward before update on payment_link
    for each row execute function sec.keep_payment_link();

create function sec.keep_gateway_payment() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"created": 0, "failed": 1, "authorized": 2, "captured": 3}';
begin
    if (new.company_id, new.account_id, new.provider_id, new.amount, new.currency)
       is distinct from (old.company_id, old.account_id, old.provider_id, old.amount, old.currency)
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
create trigger gateway_payment_forward before update on gateway_payment
    for each row execute function sec.keep_gateway_payment();

create function sec.keep_gateway_refund() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"due": 0, "pending": 1, "failed": 2, "processed": 2}';
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
create trigger gateway_refund_forward before update on gateway_refund
    for each row execute function sec.keep_gateway_refund();

-- What a provider said is kept as it came; only what became of it is written beside it, once.
create function sec.keep_gateway_event() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.account_id, new.event_id, new.kind, new.body, new.body_sha256, new.received_at)
       is distinct from (old.account_id, old.event_id, old.kind, old.body, old.body_sha256, old.received_at)
       or old.status <> 'received' then
        raise exception 'what a provider said is not changed'
            using errcode = '23514', constraint = 'gateway_event_frozen';
    end if;
    return new;
end $$;
create trigger gateway_event_frozen before update on gateway_event
    for each row execute function sec.keep_gateway_event();
