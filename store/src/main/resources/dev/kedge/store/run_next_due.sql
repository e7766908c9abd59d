-- In how many milliseconds the next run ripens; no row where none waits for its time.
select greatest(0, ceil(extract(epoch from due_at - clock_timestamp()) * 1000))::bigint as wait_ms
  from kedge.active_run
 where not due
   and due_at < 'infinity'
   and not blocked
 order by due_at
 limit 1
