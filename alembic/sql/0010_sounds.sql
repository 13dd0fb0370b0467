-- Words that sound alike. A name is heard, not read, so "arsenic albam", "nux vomika" and "rus tox" must be
-- found. What is searched for stays in one column and one index; marks keep its kinds apart: words are stored in
-- lower case, as they are spoken behind `=` (`=biladuna`), their sound in upper case (`BLDN`), and the sound less
-- any one letter behind `_` (`_BDN`). The sound of two words together stands behind `+` (`+NKSVMK`).

-- A word as Latin remedy names are spoken in India: h is silent but at the beginning, ph is f, bh and w are v,
-- c is s before e, i and y and otherwise k, x is ks, z and j are g, ti before a vowel is si; e, i and y are
-- one, o and u are one; doubled letters count once. Nothing for words of other letters or of fewer than three.
create function sec.spoken(word text) returns text
language sql immutable strict parallel safe
as $$
    select regexp_replace(translate(replace(replace(
        regexp_replace(
        regexp_replace(
        regexp_replace(
        regexp_replace(
        replace(replace(replace(replace(
        regexp_replace(word,
            '^(?:p(?=[st])|[gk](?=n))', ''),
            'ph', 'f'), 'bh', 'v'), 'ch', 'k'), 'ck', 'k'),
            '^x', 'z'),
            '(?<!^)h', '', 'g'),
            'c(?=[eiy]|ae|oe)', 's', 'g'),
            'ti(?=[aou])', 'si', 'g'),
            'x', 'ks'), 'qu', 'kv'),
            'qcwzjeyo', 'kkvggiiu'), '(.)\1+', '\1', 'g')
     where word ~ '^[a-z]{3,}$'
$$;

-- The sound of a spoken word: its consonants, and the vowel in front if it begins with one. Nothing if that is a
-- single letter.
create function sec.sound_of(spoken text) returns text
language sql immutable strict parallel safe
as $$
    select upper(sound)
      from regexp_replace(regexp_replace(spoken, '^[aiu]+(?=[aiu])', ''), '(?<!^)[aiu]', '', 'g') sound
     where length(sound) > 1
$$;

-- A sound less each of its letters in turn: two sounds that differ by one letter share one of these.
-- Short sounds have none, as too many would be alike.
create function sec.nearly(sound text) returns text[]
language sql immutable strict parallel safe
as $$
    select coalesce(array_agg(distinct '_' || overlay(sound placing '' from n for 1)), '{}')
      from generate_series(1, length(sound)) n
     where length(sound) >= 4
$$;

-- Everything a text is found by: its words, and the sounds of them and of every two that follow each other.
create function sec.searched_as(searched text) returns tsvector
language sql immutable strict parallel safe
as $$
    with word as materialized (
        select sec.spoken(w) as spoken, sec.spoken(w || lead(w) over (order by o)) as joined
          from regexp_split_to_table(searched, ' ') with ordinality as t (w, o)),
    heard as materialized (
        select '=' || spoken as spoken, sec.sound_of(spoken) as sound, '+' || sec.sound_of(joined) as joined from word)
    select to_tsvector('pg_catalog.simple', searched) || array_to_tsvector(coalesce(
           (select array_agg(distinct lexeme)
              from heard, unnest(array[spoken, sound, joined, '_' || sound] || sec.nearly(sound)) lexeme
             where lexeme is not null), '{}'))
$$;

-- Turn the words of a query made by `search_words`, e.g. `nux:* & vomika:*`, into one of how they sound, or of
-- how they sound put together; one letter of each longer sound is forgiven. Numbers are taken as typed. Null if no
-- word has a sound.
create function sec.sounds_like(wanted text) returns tsquery
language sql immutable strict parallel safe
as $$
    with word as materialized (
        select w, sec.sound_of(sec.spoken(w)) as sound
          from regexp_split_to_table(replace(wanted, ':*', ''), ' & ') w),
    meant as (
        select quote_literal(w) || ':*'
               || coalesce(' | ' || quote_literal(sound) || ':* | ' || quote_literal('+' || sound) || ':*', '')
               || coalesce((
                    select string_agg(' | ' || quote_literal(one) || ' | ' || quote_literal(substr(one, 2)), '')
                           || ' | ' || quote_literal('_' || sound)
                      from unnest(sec.nearly(sound)) one), '') as alternatives
          from word),
    together as (
        select sec.sound_of(sec.spoken(string_agg(w, ''))) as sound
          from word where w ~ '^[a-z]+$' having count(*) > 1),
    numbers as (
        select coalesce(string_agg(' & ' || quote_literal(w) || ':*', ''), '') as wanted
          from word where w ~ '[0-9]')
    select ((select string_agg('(' || alternatives || ')', ' & ') from meant)
            || coalesce((select ' | (' || quote_literal(together.sound) || ':* | '
                                || quote_literal('+' || together.sound) || ':*)' || numbers.wanted
                           from together, numbers where together.sound <> ''), ''))::tsquery
     where exists (select 1 from word where sound is not null)
$$;

-- What brings a find to the front, the more of them the further: every word as it was typed; and, of `alike`
-- ones, every word spoken the same or sounding the same, from end to end or at the beginning.
create function sec.closest_to(wanted text, alike boolean) returns tsquery[]
language sql immutable strict parallel safe
as $$
    select array_agg(l::tsquery) filter (where l is not null)
      from regexp_split_to_table(replace(wanted, ':*', ''), ' & ') w, sec.spoken(w) spoken, sec.sound_of(spoken) sound,
           unnest(case when alike
                       then array[quote_literal('=' || spoken), quote_literal(sound), quote_literal('_' || sound),
                                  quote_literal(sound) || ':*', quote_literal('=' || left(spoken, 3)) || ':*',
                                  quote_literal('=' || left(spoken, 2)) || ':*']
                       else array[quote_literal(w)] end) l
     where w !~ '[0-9]'
$$;

-- As before, and where nothing is found by what was typed, what sounds like it. `is_close` says that it is not
-- what was typed. The best come first: the closest, then the preferred potency; where a word fits thousands,
-- of the first of them that are met. A list (no preference: null) is by label alone, and whole.
drop function sec.search_variants(text, text, text, uuid, integer, boolean);
create function sec.search_variants(
    wanted text, preferred text, after_label text, after_id uuid, page_size integer, with_inactive boolean)
returns table (id uuid, place bigint, is_close boolean)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    with closest as materialized (
        select sec.closest_to(wanted, false) as typed, sec.closest_to(wanted, true) as alike, 2000 as reach
         where preferred is not null),
    typed as materialized (
        select variant.id, variant.label, variant.potency_label,
               case when preferred is not null then variant.search_vector end as words
          from variant
         where variant.tenant_id = (select sec.tenant())
           and (variant.is_active or with_inactive)
           and variant.search_vector @@ to_tsquery('simple', wanted)
         limit (select reach from closest)),
    alike as materialized (
        select variant.id, variant.label, variant.potency_label,
               case when preferred is not null then variant.search_vector end as words
          from variant
         where not exists (select 1 from typed)
           and variant.tenant_id = (select sec.tenant())
           and (variant.is_active or with_inactive)
           and variant.search_vector @@ (select sec.sounds_like(wanted))
         limit (select reach from closest)),
    matching as (
        select typed.*, false as is_close from typed
        union all select alike.*, true from alike)
    select found.id, row_number() over (), found.is_close from (
        select matching.id, matching.is_close from matching left join closest on true
         where (matching.label, matching.id) > (after_label, after_id)
         order by (select count(*) from unnest(case when matching.is_close then closest.alike else closest.typed end) q
                    where matching.words @@ q) desc,
                  coalesce(matching.potency_label = nullif(preferred, ''), false) desc,
                  matching.label, matching.id
         limit page_size) found
$$;
alter function sec.search_variants(text, text, text, uuid, integer, boolean) owner to erp_definer;
revoke all on function sec.search_variants(text, text, text, uuid, integer, boolean) from public;
revoke all on function sec.spoken(text), sec.sound_of(text), sec.nearly(text), sec.searched_as(text),
    sec.sounds_like(text), sec.closest_to(text, boolean) from public;
grant execute on function sec.search_variants(text, text, text, uuid, integer, boolean) to erp_app;
-- The database computes the column with the rights of whoever writes the row.
grant execute on function sec.spoken(text), sec.sound_of(text), sec.nearly(text), sec.searched_as(text)
    to erp_app, erp_ops, erp_definer;
grant execute on function sec.sounds_like(text), sec.closest_to(text, boolean) to erp_definer;

alter table variant alter column search_vector set expression as (sec.searched_as(search_text));
