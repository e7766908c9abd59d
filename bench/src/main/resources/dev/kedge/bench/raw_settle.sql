-- What Kedge must write to end runs, and no more: fenced by (run, epoch).
with verdict as materialized (
    select *
      from unnest(?::uuid[], ?::bigint[], ?::bytea[]) as v (run_id, epoch, result)
),
ended as (
    delete from kedge.active_run as a
     using verdict as v
     where a.run_id = any(?::uuid[])
       and a.run_id = v.run_id
       and a.epoch = v.epoch
    returning a.run_id, a.namespace, a.job, a.epoch, a.attempt, a.failures, a.losses, a.worker,
              a.due_at, a.started_at, v.result
)
insert into kedge.ended_run (run_id, namespace, job, state, epoch, attempt, failures, losses,
                             worker, due_at, started_at, result)
select run_id, namespace, job, 'completed', epoch, attempt, failures, losses, worker, due_at,
       started_at, result
  from ended
