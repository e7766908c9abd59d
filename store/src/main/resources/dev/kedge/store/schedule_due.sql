-- Take a schedule that is due, the longest overdue first, and nobody else's at the moment; those of
-- :passed were looked at before. A job that was removed takes its schedules along until it is back.
select t.trigger_id
  from kedge.trigger as t
 where t.kind = 'cron'
   and t.enabled
   and t.next_at <= (select clock_timestamp())
   and exists (select from kedge.job as j
                where j.namespace = t.namespace
                  and j.name = t.job
                  and j.removed_at is null)
   and t.trigger_id <> all(:passed::uuid[])
 order by t.next_at
 limit 1
   for update of t skip locked
