-- Store the next version of a secret, sealed under a key in use. No row comes back where the key was
-- retired meanwhile, or somebody else has stored that version; then all is to be done again.
with counted as (
    update kedge.secret_key
       set sealed = sealed + 1
     where key_id = :key_id
       and retired_at is null
    returning key_id
)
insert into kedge.secret as s (namespace, owner, name, version, key_id, sealed, set_by)
select :namespace, :owner, :name, :version, key_id, :sealed, :set_by
  from counted
on conflict (namespace, owner, name) do update
   set version    = excluded.version,
       key_id     = excluded.key_id,
       sealed     = excluded.sealed,
       set_at     = clock_timestamp(),
       set_by     = excluded.set_by,
       removed_at = null
 where s.version = excluded.version - 1
returning version, set_at
