-- The holder of a key, if it is valid now, as in api_key_find.sql. By the primary key.
select k.key_id, k.role, k.scopes, k.everywhere, k.namespaces, r.permissions, r.sees_all,
       false as unnoted
  from kedge.api_key as k
  left join kedge.role as r on r.name = k.role
 where k.key_id = :id
   and k.revoked_at is null
   and (k.expires_at is null or k.expires_at > clock_timestamp())
