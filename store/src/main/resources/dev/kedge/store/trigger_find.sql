-- One trigger of a job, locked; and the time.
select t.*, clock_timestamp() as now
  from kedge.trigger as t
 where namespace = :namespace
   and job = :job
   and trigger_id = :trigger
   for update
