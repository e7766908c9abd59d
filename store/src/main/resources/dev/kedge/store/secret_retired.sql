-- Secrets that are sealed under keys out of use.
select s.namespace, s.owner, s.name, s.version, s.sealed,
       k.key_id, k.wrapped_by, k.wrapped
  from kedge.secret_key as k
  join kedge.secret as s on s.key_id = k.key_id
 where k.retired_at is not null
   and (s.namespace, s.owner, s.name) > (:after_namespace, :after_owner, :after_name)
 order by s.namespace, s.owner, s.name
 limit :limit
