-- The same questions as in audit.sql, to the table of Graphile Worker, which deletes jobs that have
-- ended: what became of them it cannot say.
select count(*)                                                     as stored,
       count(distinct payload::text)                                as distinct_payloads,
       count(*) filter (where locked_at is null and attempts = 0)   as pending,
       count(*) filter (where locked_at is not null)                as under_way,
       null::int                                                    as completed,
       null::int                                                    as repeated,
       null::int                                                    as lost,
       0                                                            as steps
  from graphile_worker._private_jobs
