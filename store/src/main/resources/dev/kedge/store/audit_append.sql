-- Write down, at the end of its chain, what somebody did.
select kedge.audit_append(:namespace, :principal, :act, :subject, :details) as no
