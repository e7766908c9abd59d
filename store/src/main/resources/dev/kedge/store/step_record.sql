-- Record steps, many at a time.
--
-- Fence: `guard` locks the active runs, in the order of ids, and says at which epoch they stand; a
-- record under another epoch is missing from the result. FOR SHARE waits for whoever is about to
-- take a run back, and then reads its newest epoch.
-- A step that failed and was reopened is overwritten; so is our own record whose reply was lost,
-- with the same values. Any other record stays as it is.
-- The first statement pins the plan (see docs/adr/0009), but for hash joins: what is joined is only
-- what is at hand, and compared all with all, a batch of two thousand took seconds.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with guard as materialized (
    select run_id, epoch, attempt
      from kedge.active_run
     where run_id = any(:run_ids::uuid[])
     order by run_id
       for share
)
insert into kedge.step as s (run_id, path, kind, position, seen, epoch, attempt, tries, output,
                             failure_code, failure_type, failure_message, failure_stack,
                             started_at)
select r.run_id, r.path, 'step', r.position, r.seen, r.epoch, g.attempt, r.tries, r.output,
       r.failure_code, r.failure_type, r.failure_message, r.failure_stack,
       clock_timestamp() - r.took_ms * interval '1 millisecond'
  from unnest(:run_ids::uuid[], :epochs::bigint[], :paths::text[], :positions::int[], :seens::int[],
              :tries::int[], :took_ms::bigint[], :outputs::bytea[], :failure_codes::text[],
              :failure_types::text[], :failure_messages::text[], :failure_stacks::text[])
       as r (run_id, epoch, path, position, seen, tries, took_ms, output, failure_code,
             failure_type, failure_message, failure_stack)
  join guard as g on g.run_id = r.run_id and g.epoch = r.epoch
on conflict (run_id, path) do update
   set position        = excluded.position,
       seen            = excluded.seen,
       epoch           = excluded.epoch,
       attempt         = excluded.attempt,
       tries           = case when s.epoch = excluded.epoch then excluded.tries
                              else s.tries + excluded.tries end,
       output          = excluded.output,
       failure_code    = excluded.failure_code,
       failure_type    = excluded.failure_type,
       failure_message = excluded.failure_message,
       failure_stack   = excluded.failure_stack,
       started_at      = excluded.started_at,
       ended_at        = clock_timestamp()
 where s.position is null
    or s.epoch = excluded.epoch
returning s.run_id, s.path
