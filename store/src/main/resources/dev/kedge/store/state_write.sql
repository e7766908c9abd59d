-- Set or delete values of runs' states, many at a time; of several writes of one value the last
-- counts. Fenced as in step_record.sql.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with guard as materialized (
    select run_id, epoch
      from kedge.active_run
     where run_id = any(:run_ids::uuid[])
     order by run_id
       for share
),
written as materialized (
    select distinct on (v.run_id, v.key) v.run_id, v.epoch, v.key, v.value
      from unnest(:run_ids::uuid[], :epochs::bigint[], :keys::text[], :values::bytea[])
           with ordinality as v (run_id, epoch, key, value, number)
      join guard as g on g.run_id = v.run_id and g.epoch = v.epoch
     order by v.run_id, v.key, v.number desc
),
deleted as (
    delete from kedge.run_state as s
     using written as w
     where s.run_id = w.run_id
       and s.key = w.key
       and w.value is null
),
set as (
    insert into kedge.run_state (run_id, key, value)
    select run_id, key, value
      from written
     where value is not null
     order by run_id, key
    on conflict (run_id, key) do update
       set value = excluded.value, updated_at = clock_timestamp()
)
select distinct run_id, epoch
  from written
