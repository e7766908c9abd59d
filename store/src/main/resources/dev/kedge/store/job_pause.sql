-- Throw or release the switch that claims read.
update kedge.job
   set paused = :paused
 where namespace = :namespace
   and name = :name
   and removed_at is null
