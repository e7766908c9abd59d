-- How many runs Quartz has not ended: it deletes a trigger, and that it fired, in one transaction.
select (select count(*) from qrtz_triggers) + (select count(*) from qrtz_fired_triggers)
