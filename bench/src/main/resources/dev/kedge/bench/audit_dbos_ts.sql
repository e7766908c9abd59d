-- The same questions as in audit.sql, to the tables of DBOS Transact for TypeScript: other than for
-- Java, inputs have a table of their own.
select (select count(*) from dbos.workflow_status)                              as stored,
       (select count(distinct inputs) from dbos.workflow_input)                 as distinct_payloads,
       (select count(*) from dbos.workflow_status where status = 'ENQUEUED')    as pending,
       (select count(*) from dbos.workflow_status where status = 'PENDING')     as under_way,
       (select count(*) from dbos.workflow_status where status = 'SUCCESS')     as completed,
       (select count(*) from dbos.workflow_status where recovery_attempts > 1)  as repeated,
       0                                                                        as lost,
       (select count(*) from dbos.operation_outputs where error is null)        as steps
