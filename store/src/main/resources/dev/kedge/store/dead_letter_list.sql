-- A page of a namespace's dead letters, newest first; without payloads, of which a page could have a
-- gigabyte.
select d.run_id, d.job, d.poisoned, d.failed_at, e.attempt, e.failure_code, e.failure_type,
       e.failure_message, e.failure_stack, convert_to('null', 'UTF8') as payload
  from kedge.dead_letter as d
  join kedge.ended_run as e on e.run_id = d.run_id
 where d.namespace = :namespace
   and (:job::text is null or d.job = :job::text)
   and (:poisoned::boolean is null or d.poisoned = :poisoned::boolean)
   and d.run_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
 order by d.run_id desc
 limit :limit
