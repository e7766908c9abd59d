-- Say who asks, until the end of the transaction: what follows sees and does what is claimed here, and
-- nothing more. The names are those that the policies ask for.
select set_config('kedge.principal', :principal, true),
       set_config('kedge.everywhere', :everywhere, true),
       set_config('kedge.sees_own', :sees_own, true),
       set_config('kedge.sees_all', :sees_all, true),
       set_config('kedge.submits', :submits, true),
       set_config('kedge.administers', :administers, true),
       set_config('role', 'kedge_user', true)
