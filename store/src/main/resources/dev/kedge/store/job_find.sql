-- One job that has not been removed.
select *
  from kedge.job
 where namespace = :namespace
   and name = :name
   and removed_at is null
