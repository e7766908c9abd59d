-- How much there is to replay, for many runs. No later record may get a position that an earlier one
-- has seen, so the last position counts what was seen as well: a step that was reopened has lost its
-- own. A run without a record or a wait is missing.
-- The first statement pins the plan (see docs/adr/0009): each run's records are looked up by key.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

select run_id, count(position)::int as entries,
       coalesce(max(greatest(position, seen)), 0) as last_position
  from (select run_id, position, seen from kedge.step where run_id = any(:run_ids::uuid[])
        union all
        select run_id, null, seen from kedge.wait where run_id = any(:run_ids::uuid[])) as journal
 group by run_id
