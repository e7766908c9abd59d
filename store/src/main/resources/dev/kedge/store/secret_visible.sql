-- All secrets that a run may be given, the nearest of each name first.
select s.namespace, s.owner, s.name, s.version, s.sealed,
       k.key_id, k.wrapped_by, k.wrapped
  from kedge.secret as s
  join kedge.secret_key as k on k.key_id = s.key_id
 where (s.namespace = :namespace and s.owner in ('', :user)) or (s.namespace = '' and s.owner = '')
 order by s.name, s.owner = '', s.namespace = ''
 limit :limit
