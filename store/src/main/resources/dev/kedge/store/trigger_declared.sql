-- The schedules that came with a job's definition, locked; and the time.
select t.*
  from kedge.trigger as t
 where namespace = :namespace
   and job = :job
   and declared
 order by created_at, trigger_id
   for update
