-- Give a new run the history and the state of the one that it repeats. What failed and was to be
-- tried again is left out, and so is tried.
with history as (
    insert into kedge.step (run_id, path, kind, position, seen, epoch, attempt, tries, output,
                            failure_code, failure_type, failure_message, failure_stack, started_at,
                            ended_at)
    select :heir, path, kind, position, seen, 0, attempt, tries, output, failure_code, failure_type,
           failure_message, failure_stack, started_at, ended_at
      from kedge.step
     where run_id = :origin
       and position is not null
    returning 1
),
remembered as (
    insert into kedge.run_state (run_id, key, value, updated_at)
    select :heir, key, value, updated_at
      from kedge.run_state
     where run_id = :origin
)
select count(*)::int as inherited
  from history
