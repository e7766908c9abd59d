-- In how many milliseconds the next schedule is due; no row where none ever is.
select greatest(0, ceil(extract(epoch from next_at - clock_timestamp()) * 1000))::bigint as wait_ms
  from kedge.trigger as t
 where kind = 'cron'
   and enabled
   and next_at is not null
   and exists (select from kedge.job as j
                where j.namespace = t.namespace
                  and j.name = t.job
                  and j.removed_at is null)
 order by next_at
 limit 1
