-- A run's state, all of it.
select key, value, updated_at
  from kedge.run_state
 where run_id = :run
 order by key
