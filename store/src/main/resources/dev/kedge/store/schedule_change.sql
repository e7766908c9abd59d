-- Change how a schedule starts its runs, not when.
update kedge.trigger
   set overlap  = :overlap,
       catch_up = :catch_up,
       payload  = :payload
 where trigger_id = :trigger
