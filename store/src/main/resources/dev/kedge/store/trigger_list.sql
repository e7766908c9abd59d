-- The triggers of a job, oldest first.
select *
  from kedge.trigger
 where namespace = :namespace
   and job = :job
 order by created_at, trigger_id
 limit :limit
