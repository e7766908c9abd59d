-- Tell parents how their children ended. The caller has locked the parents' active runs.
update kedge.wait as w
   set over_at         = clock_timestamp(),
       output          = e.result,
       failure_code    = case when e.state <> 'completed' then 'child_failed' end,
       failure_type    = case when e.state = 'failed' then e.failure_type end,
       failure_message = case e.state
                         when 'failed' then 'run ' || e.run_id || ' failed: ' || e.failure_message
                         when 'cancelled' then 'run ' || e.run_id || ' was cancelled: '
                                               || e.cancel_reason
                         end
  from kedge.ended_run as e
 where e.run_id = any(:children::uuid[])
   and w.child = e.run_id
   and w.over_at is null
returning w.run_id
