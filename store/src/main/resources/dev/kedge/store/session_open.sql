-- Opens a session for a user who may sign in, ends those that are over, and the oldest ones of a
-- user who has too many. By session_of_user.
with signed_in as (
    update kedge.user_account
       set signed_in_at = clock_timestamp()
     where user_id = :user
       and disabled_at is null
    returning user_id
), ended as (
    delete from kedge.session
     where session_id in (select session_id
                            from (select session_id, until,
                                         row_number() over (order by opened_at desc) as place
                                    from kedge.session
                                   where user_id = :user) as mine
                           where place >= :sessions_max
                              or until <= clock_timestamp())
)
insert into kedge.session (session_id, user_id, access_hash, access_until, refresh_hash, until)
select :id, user_id, :access, clock_timestamp() + :access_ms * interval '1 millisecond',
       :refresh, clock_timestamp() + :session_ms * interval '1 millisecond'
  from signed_in
