-- Runs that should have started by now and have not. Settled by (run_id, epoch) afterwards, so one
-- that is claimed in between is left alone.
select run_id, epoch
  from kedge.active_run
 where expires_at <= (select clock_timestamp())
   and expires_at is not null
   and state = 'pending'
 order by expires_at
 limit :limit
