-- Ends the session of a refresh token that was spent before: two have it, and one is a thief.
delete from kedge.session
 where session_id = (select session_id from kedge.spent_refresh where refresh_hash = :spent)
