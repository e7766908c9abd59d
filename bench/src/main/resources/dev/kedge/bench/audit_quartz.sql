-- The same questions as in audit.sql, to the tables of Quartz. It deletes what has ended, so that
-- it cannot say what completed, was repeated or got lost. Beside a payload is when it was written.
select count(*)                                                              as stored,
       count(distinct substring(convert_from(job_data, 'latin1')
                                from 'payload=[^\n]*'))                      as distinct_payloads,
       count(*) filter (where trigger_state = 'WAITING')                     as pending,
       count(*) filter (where trigger_state <> 'WAITING')
           + (select count(*) from qrtz_fired_triggers)                      as under_way,
       null                                                                  as completed,
       null                                                                  as repeated,
       null                                                                  as lost,
       0                                                                     as steps
  from qrtz_triggers
