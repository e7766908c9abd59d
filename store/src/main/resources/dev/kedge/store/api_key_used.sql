-- Notes that a key was used; to the minute, so that a busy key is no hot row.
update kedge.api_key
   set used_at = clock_timestamp()
 where key_id = :id
   and (used_at is null or used_at < clock_timestamp() - interval '1 minute')
