-- How many secrets an owner has besides one of this name.
select count(*) as others
  from kedge.secret
 where namespace = :namespace
   and owner = :owner
   and removed_at is null
   and name <> :name
