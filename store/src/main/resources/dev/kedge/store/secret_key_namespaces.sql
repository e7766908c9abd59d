-- Namespaces that have a key in use, behind :after.
select namespace
  from kedge.secret_key
 where retired_at is null
   and (:after::text is null or namespace > :after)
 order by namespace
 limit :limit
