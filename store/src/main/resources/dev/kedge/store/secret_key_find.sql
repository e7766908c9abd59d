-- The key in use of a namespace; none where it is worn out: too old, or has sealed too much.
select key_id, wrapped_by, wrapped
  from kedge.secret_key
 where namespace = :namespace
   and retired_at is null
   and sealed < :sealed_max
   and made_at > clock_timestamp() - :age_ms * interval '1 ms'
