-- Note how far runs have come. Fenced: what is missing from the result is no longer ours.
-- The first statement pins the plan (see docs/adr/0009).
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

update kedge.active_run as a
   set progress_at        = clock_timestamp(),
       progress_percent   = p.percent,
       progress_processed = p.processed,
       progress_total     = p.total,
       progress_message   = p.message,
       progress_data      = p.data
  from unnest(:run_ids::uuid[], :epochs::bigint[], :percents::float8[], :processed::bigint[],
              :totals::bigint[], :messages::text[], :data::bytea[])
       as p (run_id, epoch, percent, processed, total, message, data)
 where a.run_id = p.run_id
   and a.epoch = p.epoch
returning a.run_id
