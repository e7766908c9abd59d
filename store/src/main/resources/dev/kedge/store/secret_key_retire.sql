-- Take a namespace's key out of use if it is worn out, or whichever it is (age 0). Waits for writes
-- that count on it.
update kedge.secret_key
   set retired_at = clock_timestamp()
 where namespace = :namespace
   and retired_at is null
   and (sealed >= :sealed_max or made_at <= clock_timestamp() - :age_ms * interval '1 ms')
