-- The first due runs of each lane, at most as many as asked for, the most important first. Among
-- those of one priority the lanes take turns, as in lease_claim.sql.
--
-- Index: active_run_claim (lane, priority desc, run_id) where state = 'pending' and due.
select head.lane, head.run_id, head.concurrency_key
  from (select l.lane, first.run_id, first.priority, first.concurrency_key,
               row_number() over (partition by l.lane, first.priority
                                      order by first.run_id) as turn
          from unnest(:lanes::int[], :counts::int[]) as l (lane, runs)
         cross join lateral (
               select a.run_id, a.priority, a.concurrency_key
                 from kedge.active_run as a
                where a.lane = l.lane
                  and a.state = 'pending'
                  and a.due
                  and (a.expires_at is null or a.expires_at > clock_timestamp())
                order by a.priority desc, a.run_id
                limit l.runs) as first) as head
 order by head.priority desc, head.turn, head.run_id
