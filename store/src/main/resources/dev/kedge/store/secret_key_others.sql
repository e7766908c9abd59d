-- Keys that another than the current one has wrapped, behind :after.
select key_id, namespace, wrapped_by, wrapped
  from kedge.secret_key
 where wrapped_by <> :current
   and key_id > :after
 order by key_id
 limit :limit
