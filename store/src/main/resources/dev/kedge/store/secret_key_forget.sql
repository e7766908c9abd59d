-- Drop retired keys under which nothing is sealed any more. Nothing new is sealed under a retired
-- key: secret_put.sql looks, and holds its row until the commit.
delete from kedge.secret_key as k
 where k.retired_at is not null
   and not exists (select 1 from kedge.secret as s where s.key_id = k.key_id)
