-- Take a secret's value away; its row stays, so that its versions count on.
update kedge.secret
   set key_id     = null,
       sealed     = null,
       removed_at = clock_timestamp()
 where namespace = :namespace
   and owner = :owner
   and name = :name
   and removed_at is null
