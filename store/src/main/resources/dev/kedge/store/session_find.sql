-- Whose access token this is, if it is valid now. By access_token_taken.
select u.user_id, u.email
  from kedge.session as s
  join kedge.user_account as u on u.user_id = s.user_id
 where s.access_hash = :access
   and s.access_until > clock_timestamp()
   and s.until > clock_timestamp()
   and u.disabled_at is null
