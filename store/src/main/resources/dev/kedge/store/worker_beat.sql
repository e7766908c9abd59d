-- A sign of life. No row updated: the worker was declared lost and must stop what it does.
update kedge.worker_beat
   set beaten_at  = clock_timestamp(),
       beat_until = clock_timestamp() + :lease_ms * interval '1 millisecond'
 where worker_id = :worker
