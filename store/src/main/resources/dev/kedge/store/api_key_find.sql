-- Who has the key with this hash, if it is valid now: with the role it is of, where that is an
-- operator's own, and whether it is time to note that it was used. By api_key_taken.
select k.key_id, k.role, k.scopes, k.everywhere, k.namespaces, r.permissions, r.sees_all,
       k.used_at is null or k.used_at < clock_timestamp() - interval '1 minute' as unnoted
  from kedge.api_key as k
  left join kedge.role as r on r.name = k.role
 where k.hash = :hash
   and k.revoked_at is null
   and (k.expires_at is null or k.expires_at > clock_timestamp())
