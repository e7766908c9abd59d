-- The oldest due runs of each lane, at most as many as asked for, whatever their priority: what
-- lease_claim_oldest.sql is to lease_claim.sql.
--
-- Index: active_run_claim (lane, priority desc, run_id) where state = 'pending' and due, from
-- priority to priority.
with recursive level as (
    select l.lane, l.runs, (select a.priority
                              from kedge.active_run as a
                             where a.lane = l.lane and a.state = 'pending' and a.due
                             order by a.priority desc
                             limit 1) as priority
      from unnest(:lanes::int[], :counts::int[]) as l (lane, runs)
    union all
    select v.lane, v.runs, (select a.priority
                              from kedge.active_run as a
                             where a.lane = v.lane and a.state = 'pending' and a.due
                               and a.priority < v.priority
                             order by a.priority desc
                             limit 1)
      from level as v
     where v.priority is not null
)
select oldest.lane, oldest.run_id, oldest.concurrency_key
  from (select v.lane, v.runs, first.run_id, first.concurrency_key,
               row_number() over (partition by v.lane order by first.run_id) as place
          from level as v
         cross join lateral (
               select a.run_id, a.concurrency_key
                 from kedge.active_run as a
                where a.lane = v.lane
                  and a.state = 'pending'
                  and a.due
                  and a.priority = v.priority
                  and (a.expires_at is null or a.expires_at > clock_timestamp())
                order by a.run_id
                limit v.runs) as first
         where v.priority is not null) as oldest
 where oldest.place <= oldest.runs
 order by oldest.run_id
