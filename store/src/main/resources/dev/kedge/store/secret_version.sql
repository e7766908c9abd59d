-- How often a secret was set, removed or not.
select version
  from kedge.secret
 where namespace = :namespace
   and owner = :owner
   and name = :name
