-- As audit.sql, for the records of long runs.
select count(*)                                                       as stored,
       count(distinct (s.run_id, s.path))                             as distinct_payloads,
       0                                                              as pending,
       count(*) filter (where e.run_id is null)                       as under_way,
       count(*) filter (where e.state = 'completed')                  as completed,
       count(*) filter (where s.tries <> 1 or e.attempt <> 2)         as repeated,
       0                                                              as lost,
       0                                                              as steps
  from kedge.step as s
  left join kedge.ended_run as e on e.run_id = s.run_id
 where s.path like 'long[%'
