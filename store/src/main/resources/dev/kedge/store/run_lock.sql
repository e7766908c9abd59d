-- An active run, locked for an act from outside: cancel, terminate, replace.
select epoch, state, worker
  from kedge.active_run
 where run_id = :run
   and namespace = :namespace
   for update
