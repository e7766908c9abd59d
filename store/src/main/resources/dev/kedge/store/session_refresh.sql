-- Gives a session new tokens for its refresh token, which is spent by that. By refresh_token_taken.
with refreshed as (
    update kedge.session as s
       set access_hash = :access,
           access_until = clock_timestamp() + :access_ms * interval '1 millisecond',
           refresh_hash = :refresh
      from kedge.user_account as u
     where s.refresh_hash = :spent
       and s.until > clock_timestamp()
       and u.user_id = s.user_id
       and u.disabled_at is null
    returning s.session_id, u.user_id
), noted as (
    insert into kedge.spent_refresh (refresh_hash, session_id)
    select :spent, session_id from refreshed
)
select user_id from refreshed
