-- Store a secret as the key in use has sealed it. Its version stays; nothing happens where it was
-- set or removed meanwhile, or that key was retired.
with counted as (
    update kedge.secret_key
       set sealed = sealed + 1
     where key_id = :key_id
       and retired_at is null
    returning key_id
)
update kedge.secret as s
   set key_id = counted.key_id,
       sealed = :sealed
  from counted
 where s.namespace = :namespace
   and s.owner = :owner
   and s.name = :name
   and s.version = :version
   and s.key_id = :was_key_id
