-- Lets a user sign in, or not.
update kedge.user_account
   set disabled_at = case when :enabled then null else coalesce(disabled_at, clock_timestamp()) end
 where user_id = :id
returning user_id, email, password, created_at, disabled_at, signed_in_at
