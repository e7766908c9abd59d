-- Declare workers lost whose beat ran out, once and for good. In this order: lock their beats, so that
-- no late beat revives them (one that is being written just now is passed over); mark them, which
-- waits for their batches; take the beats away.
with overdue as materialized (
    select worker_id, born_floor
      from kedge.worker_beat
     where beat_until < clock_timestamp()
     order by worker_id
       for update skip locked
)
update kedge.worker as w
   set lost_at       = clock_timestamp(),
       floor_at_loss = o.born_floor
  from overdue as o
 where w.worker_id = o.worker_id
   and w.lost_at is null;

delete from kedge.worker_beat as b
 using kedge.worker as w
 where w.worker_id = b.worker_id
   and w.lost_at is not null
returning w.worker_id
