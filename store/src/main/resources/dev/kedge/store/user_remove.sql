-- Removes a user with everything it was a member of; its sessions go with it.
with removed as (
    delete from kedge.user_account where user_id = :id returning user_id
), left_too as (
    delete from kedge.membership where principal = 'user:' || (select user_id::text from removed)
)
select user_id from removed
