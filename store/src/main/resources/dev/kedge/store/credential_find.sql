-- The hash of a credential.
select hash
  from kedge.credential
 where name = :name
