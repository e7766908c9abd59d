-- Runs of a job that hold no lease, for ending them when the job is removed.
select run_id, epoch
  from kedge.active_run
 where namespace = :namespace
   and job = :job
   and state <> 'running'
 order by run_id
 limit :limit
