-- The attempts of a run that did not end it, oldest first.
select epoch, number, worker, started_at, ended_at, failure_code, failure_type, failure_message,
       failure_stack
  from kedge.attempt
 where run_id = :run
   and exists (select from kedge.run as r where r.run_id = :run and r.namespace = :namespace)
 order by epoch
 limit :limit
