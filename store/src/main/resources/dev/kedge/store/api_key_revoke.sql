-- Ends a key for good. Of a namespace: only one that reaches that namespace and no other.
update kedge.api_key
   set revoked_at = coalesce(revoked_at, clock_timestamp())
 where key_id = :id
   and (:namespace::text is null or namespaces = array[:namespace::text])
returning key_id, name, hint, role, scopes, namespaces, made_by, made_at, expires_at, revoked_at,
          used_at
