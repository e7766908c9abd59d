-- A user, with the hash of the password.
select user_id, email, password, created_at, disabled_at, signed_in_at
  from kedge.user_account
 where user_id = :id
