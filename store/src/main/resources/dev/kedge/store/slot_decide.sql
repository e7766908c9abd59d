-- Keep what was decided about slots. A slot has one decision: a second one is an error.
insert into kedge.cron_slot (trigger_id, slot, namespace, verdict, run_id, reason, late_ms)
select :trigger, to_timestamp(d.slot), :namespace, d.verdict, d.run_id, d.reason, d.late_ms
  from unnest(:slots::bigint[], :verdicts::text[], :run_ids::uuid[], :reasons::text[],
              :lates_ms::bigint[]) as d (slot, verdict, run_id, reason, late_ms)
