-- Several runs of one namespace, in no order.
select *
  from kedge.run_overview
 where run_id = any(:runs::uuid[])
   and namespace = :namespace
