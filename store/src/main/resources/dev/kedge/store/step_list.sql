-- What a run has done, in the order in which it happened, as much as fits into :bytes; for people.
-- There is more where more was found than is returned.
select *
  from (select s.*,
               sum(coalesce(octet_length(s.output), 0) + coalesce(octet_length(s.failure_stack), 0))
                   over (order by s.ended_at, s.path)       as bytes,
               row_number() over (order by s.ended_at, s.path) as number,
               count(*) over ()                             as found
          from (select s.path, s.kind, s.position, s.seen, s.attempt, s.tries, s.output,
                       s.failure_code, s.failure_type, s.failure_message, s.failure_stack,
                       s.started_at, s.ended_at
                  from kedge.step as s
                  join kedge.run as r on r.run_id = s.run_id
                 where s.run_id = :run
                   and r.namespace = :namespace
                   and (:after::timestamptz is null
                        or (s.ended_at, s.path) > (:after::timestamptz, :after_path::text))
                 order by s.ended_at, s.path
                 limit :limit + 1) as s) as page
 where number <= :limit
   and (bytes <= :bytes or number = 1)
 order by ended_at, path
