-- Ends every session of a user. By session_of_user.
delete from kedge.session where user_id = :user
