-- Whose run this is, while the attempt of this epoch is under way.
select r.submitted_by, r.submitter_role, r.submitter_email
  from kedge.active_run as a
  join kedge.run as r on r.run_id = a.run_id
 where a.run_id = :run_id
   and a.namespace = :namespace
   and a.epoch = :epoch
   and a.state = 'running'
   and r.submitted_by is not null
