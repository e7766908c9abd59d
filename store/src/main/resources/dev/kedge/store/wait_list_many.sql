-- What many runs wait for, as wait_list.sql says it of one, for those who hold their leases.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

select run_id, path, kind, seen, topic, child, wake_at,
       over_at is not null or coalesce(wake_at <= clock_timestamp(), false) as ready
  from kedge.wait
 where run_id = any(:run_ids::uuid[])
 order by run_id, opened_at, path
