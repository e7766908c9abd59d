-- Count what runs beside the runs of these lanes: of their jobs, in whatever lane, and of their
-- namespaces where those have a limit; by concurrency key where the job has a limit for each.
--
-- Nothing is counted where all workers together cannot hold as many leases as the lowest limit allows:
-- one for each slot, some more for attempts whose verdict is not written yet, and, where the answer to
-- a claim was lost, another for each slot until those leases are handed back.
-- The running rows themselves are the permits, so a permit ends with its lease, and a crash cannot
-- leak one.
-- Index: active_run_held (worker, lane) where state = 'running', from worker to worker.
with recursive holder as (
    (select a.worker
       from kedge.active_run as a
      where a.state = 'running'
        and :lowest < (select sum(2 * w.slots::bigint + :unsettled_max)
                         from kedge.worker as w
                        where w.swept_at is null)
      order by a.worker
      limit 1)
    union all
    select (select a.worker
              from kedge.active_run as a
             where a.state = 'running'
               and a.worker > h.worker
             order by a.worker
             limit 1)
      from holder as h
     where h.worker is not null
),
claimed as materialized (
    select distinct l.namespace, l.job
      from unnest(:lanes::int[]) as o (lane)
      join kedge.lane as l on l.lane = o.lane
),
counted as materialized (
    select l.lane, l.namespace, l.job, j.max_concurrency_per_key is not null as by_key
      from (select l.lane, l.namespace, l.job
              from claimed as c
              join kedge.lane as l on l.namespace = c.namespace and l.job = c.job
             union
            select l.lane, l.namespace, l.job
              from kedge.namespace_limit as n
              join kedge.lane as l on l.namespace = n.namespace
             where n.namespace in (select namespace from claimed)) as l
      join kedge.job as j on j.namespace = l.namespace and j.name = l.job
)
select c.namespace, c.job, r.concurrency_key, sum(r.runs) as runs
  from holder as h
 cross join counted as c
 cross join lateral (
       select case when c.by_key then a.concurrency_key end as concurrency_key, count(*) as runs
         from kedge.active_run as a
        where a.worker = h.worker
          and a.lane = c.lane
          and a.state = 'running'
        group by 1) as r
 group by c.namespace, c.job, r.concurrency_key
