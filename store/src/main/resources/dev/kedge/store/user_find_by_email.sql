-- A user by e-mail address, with the hash of the password. By email_taken.
select user_id, email, password, created_at, disabled_at, signed_in_at
  from kedge.user_account
 where email = :email
