-- Log lines of a run after a position, oldest first.
select epoch, line, attempt, at, level, message
  from kedge.run_log
 where run_id = :run
   and (epoch, line) > (:after_epoch, :after_line)
   and exists (select from kedge.run as r where r.run_id = :run and r.namespace = :namespace)
 order by epoch, line
 limit :limit
