-- Take the position from failed operations, because their attempt fails for them: the next one will
-- carry them out again. Fenced as in step_record.sql.
with guard as materialized (
    select run_id
      from kedge.active_run
     where run_id = :run
       and epoch = :epoch
       for share
),
reopened as (
    update kedge.step as s
       set position = null
      from guard as g
     where s.run_id = g.run_id
       and s.path = any(:paths::text[])
       and s.failure_code is not null
)
select run_id
  from guard
