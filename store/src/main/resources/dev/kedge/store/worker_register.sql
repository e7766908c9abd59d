-- A worker process begins.
with registered as (
    insert into kedge.worker (worker_id, host, pid, slots)
    values (:worker, :host, :pid, :slots)
    returning worker_id
)
insert into kedge.worker_beat (worker_id, beaten_at, beat_until)
select worker_id, clock_timestamp(), clock_timestamp() + :lease_ms * interval '1 millisecond'
  from registered
