-- The secret of a name that a run is given: its submitter's first, then its namespace's, then the
-- system's. The empty :user is a submitter who has none.
select s.namespace, s.owner, s.name, s.version, s.sealed,
       k.key_id, k.wrapped_by, k.wrapped
  from kedge.secret as s
  join kedge.secret_key as k on k.key_id = s.key_id
 where s.name = :name
   and ((s.namespace = :namespace and s.owner in ('', :user)) or (s.namespace = '' and s.owner = ''))
 order by s.owner = '', s.namespace = ''
 limit 1
