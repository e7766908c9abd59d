-- A dead letter with all that is known of it.
select d.run_id, d.job, d.poisoned, d.failed_at, e.attempt, e.failure_code, e.failure_type,
       e.failure_message, e.failure_stack, r.payload
  from kedge.dead_letter as d
  join kedge.ended_run as e on e.run_id = d.run_id
  join kedge.run as r on r.run_id = d.run_id
 where d.namespace = :namespace
   and d.run_id = :run
