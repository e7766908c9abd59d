-- The lane of a job in a queue, made if it is not there.
insert into kedge.lane (namespace, queue, job)
values (:namespace, :queue, :job)
on conflict on constraint lane_namespace_job_queue_key do nothing
