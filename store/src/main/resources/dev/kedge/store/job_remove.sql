-- Remove a definition. The row stays, because runs refer to it.
update kedge.job
   set removed_at = clock_timestamp()
 where namespace = :namespace
   and name = :name
   and removed_at is null
