-- What was decided about a schedule's slots, newest first.
select s.*
  from kedge.cron_slot as s
  join kedge.trigger as t on t.trigger_id = s.trigger_id
 where s.trigger_id = :trigger
   and t.namespace = :namespace
   and t.job = :job
   and s.slot < coalesce(:before::timestamptz, 'infinity')
 order by s.slot desc
 limit :limit
