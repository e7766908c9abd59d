-- Declare workers lost whose beat ran out, once and for good. Three statements in one transaction,
-- in this order: lock their beats, so that no late beat revives them; mark them, which waits for
-- their batches; take the beats away.
select worker_id
  from kedge.worker_beat
 where beat_until < clock_timestamp()
 order by worker_id
   for update skip locked;

update kedge.worker as w
   set lost_at       = clock_timestamp(),
       floor_at_loss = b.born_floor
  from kedge.worker_beat as b
 where w.worker_id = b.worker_id
   and w.lost_at is null
   and b.beat_until < clock_timestamp();

delete from kedge.worker_beat as b
 using kedge.worker as w
 where w.worker_id = b.worker_id
   and w.lost_at is not null
returning w.worker_id, w.host, w.pid
