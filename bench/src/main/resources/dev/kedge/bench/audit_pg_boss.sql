-- The same questions as in audit.sql, to the table of pg-boss, which keeps jobs that have ended.
select count(*)                                                             as stored,
       count(distinct data)                                                 as distinct_payloads,
       count(*) filter (where state = 'created')                            as pending,
       count(*) filter (where state = 'active')                             as under_way,
       count(*) filter (where state = 'completed')                          as completed,
       count(*) filter (where retry_count > 0)                              as repeated,
       count(*) filter (where state in ('retry', 'cancelled', 'failed'))    as lost,
       0                                                                    as steps
  from pgboss.job
 where name = 'noop'
