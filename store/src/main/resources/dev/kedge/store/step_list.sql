-- What a run has done, and what it waits for, in the order in which it happened; for people.
select s.path, s.kind, s.position, s.seen, s.attempt, s.tries, s.output, s.failure_code,
       s.failure_type, s.failure_message, s.failure_stack, s.started_at, s.ended_at
  from kedge.step as s
  join kedge.run as r on r.run_id = s.run_id
 where s.run_id = :run
   and r.namespace = :namespace
   and (:after::timestamptz is null or (s.ended_at, s.path) > (:after::timestamptz, :after_path::text))
 order by s.ended_at, s.path
 limit :limit
