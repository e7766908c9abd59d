-- A schedule that is due, and the time.
select t.*, clock_timestamp() as now
  from kedge.trigger as t
 where t.trigger_id = :trigger
