-- The same questions as in audit.sql, to the table of db-scheduler. It deletes what has ended, so
-- that it cannot say what completed, was repeated or got lost.
select count(*)                            as stored,
       count(distinct task_data)           as distinct_payloads,
       count(*) filter (where not picked)  as pending,
       count(*) filter (where picked)      as under_way,
       null                                as completed,
       null                                as repeated,
       null                                as lost,
       0                                   as steps
  from scheduled_tasks
