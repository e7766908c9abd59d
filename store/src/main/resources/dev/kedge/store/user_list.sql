-- Users by e-mail address. By email_taken.
select user_id, email, password, created_at, disabled_at, signed_in_at
  from kedge.user_account
 where :after::text is null or email > :after::text
 order by email
 limit :limit
