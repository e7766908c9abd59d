-- Everything a worker must know to decide what it can offer: every lane with its job, removed ones
-- too (their running runs go on), and the active deployment of the job's function.
-- `counts` says whether a limit of the job or of its namespace must be minded when a run is to start,
-- and `metered` whether the namespace has a quota, to be minded when one is submitted.
select l.lane, l.queue as lane_queue, f.active_deployment,
       j.limited or n.namespace is not null as counts, q.namespace is not null as metered, j.*
  from kedge.job as j
  left join kedge.lane as l on l.namespace = j.namespace and l.job = j.name
  left join kedge.function as f on f.namespace = j.namespace and f.name = j.function
  left join kedge.namespace_limit as n on n.namespace = j.namespace
  left join kedge.namespace_quota as q on q.namespace = j.namespace
 order by j.namespace, j.name, l.lane
