-- An owner's secrets by name, without their values.
select namespace, owner, name, version, set_at, set_by
  from kedge.secret
 where namespace = :namespace
   and owner = :owner
   and removed_at is null
   and name > :after
 order by name
 limit :limit
