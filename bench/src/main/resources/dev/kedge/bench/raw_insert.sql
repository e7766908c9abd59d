-- What Kedge must write to accept runs, and no more: the submission and its place in the queue.
with submitted as (
    insert into kedge.run (run_id, namespace, job, queue, priority, payload)
    select s.run_id, l.namespace, l.job, l.queue, 0, s.payload
      from unnest(?::uuid[], ?::bytea[]) as s (run_id, payload)
     cross join kedge.lane as l
     where l.lane = ?
    returning run_id, namespace, job
)
insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at)
select run_id, namespace, job, ?, 'pending', 0, true, clock_timestamp()
  from submitted
