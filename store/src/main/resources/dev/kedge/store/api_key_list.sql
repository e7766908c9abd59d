-- Keys, newest first: those that reach a namespace by name (by api_key_of_namespace), or all.
select key_id, name, hint, role, scopes, namespaces, made_by, made_at, expires_at, revoked_at,
       used_at
  from kedge.api_key
 where :namespace::text is null or namespaces @> array[:namespace::text]
 order by made_at desc, key_id
 limit :limit
