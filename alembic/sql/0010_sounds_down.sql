drop function sec.search_variants(text, text, text, uuid, integer, boolean);
create function sec.search_variants(
    wanted text, preferred text, after_label text, after_id uuid, page_size integer, with_inactive boolean)
returns table (id uuid, place bigint)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    with matching as materialized (
        select variant.id, variant.label, variant.potency_label from variant
         where variant.tenant_id = (select sec.tenant())
           and (variant.is_active or with_inactive)
           and variant.search_vector @@ to_tsquery('simple', wanted))
    select found.id, row_number() over () from (
        select matching.id from matching
         where (matching.label, matching.id) > (after_label, after_id)
         order by coalesce(matching.potency_label = preferred, false) desc, matching.label, matching.id
         limit page_size) found
$$;
alter function sec.search_variants(text, text, text, uuid, integer, boolean) owner to erp_definer;
revoke all on function sec.search_variants(text, text, text, uuid, integer, boolean) from public;
grant execute on function sec.search_variants(text, text, text, uuid, integer, boolean) to erp_app;
alter table variant alter column search_vector set expression as (to_tsvector('simple', search_text));
drop function sec.closest_to(text, boolean);
drop function sec.sounds_like(text);
drop function sec.searched_as(text);
drop function sec.nearly(text);
drop function sec.sound_of(text);
drop function sec.spoken(text);
