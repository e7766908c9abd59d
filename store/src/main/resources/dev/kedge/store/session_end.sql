-- Ends the session of an access token. By access_token_taken.
delete from kedge.session where access_hash = :access
