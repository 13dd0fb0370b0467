-- What is in the box of petty cash follows its book: nobody writes the balance, and it never falls below zero.
create function sec.keep_petty_balance() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        new.balance := 0;
    elsif new.balance <> old.balance and pg_trigger_depth() < 2 then
        raise exception 'the balance of petty cash follows its book'
            using errcode = '23514', constraint = 'petty_float_balance_kept';
    end if;
    return new;
end $$;
create trigger petty_float_balance before insert or update on petty_float
    for each row execute function sec.keep_petty_balance();

create function sec.apply_petty_move() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update petty_float set balance = balance + new.amount
     where tenant_id = new.tenant_id and id = new.float_id;
    if not found then
        raise exception 'a move is of petty cash' using errcode = '23503', constraint = 'petty_move_float';
    end if;
    return null;
end $$;
create trigger petty_move_applied after insert on petty_move
    for each row execute function sec.apply_petty_move();

-- What a claim is in the books with stays: once it is booked only its being taken back changes it.
create function sec.keep_claim() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if old.booked_on is not null
       and ((new.total, new.igst, new.cgst, new.sgst, new.revision, new.booked_on, new.party_id, new.branch_id,
             new.kind, new.claimant_id, new.number, new.purpose, new.float_id)
            is distinct from
            (old.total, old.igst, old.cgst, old.sgst, old.revision, old.booked_on, old.party_id, old.branch_id,
             old.kind, old.claimant_id, old.number, old.purpose, old.float_id)
            or new.status not in (old.status, 'reversed')) then
        raise exception 'a booked claim does not change' using errcode = '23514', constraint = 'expense_claim_kept';
    end if;
    return new;
end $$;
create trigger expense_claim_kept before update on expense_claim
    for each row execute function sec.keep_claim();
