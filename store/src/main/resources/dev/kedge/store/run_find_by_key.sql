-- The active run of a job that has the business key, locked until it is decided what to do with it.
select run_id, epoch, state
  from kedge.active_run
 where namespace = :namespace
   and job = :job
   and key = :key
   for update
