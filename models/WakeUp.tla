-------------------------------- MODULE WakeUp --------------------------------
(***************************************************************************)
(* A run falls asleep while what it waits for is being delivered.          *)
(*                                                                         *)
(* The worker suspends its run in two statements: lock the active row,     *)
(* then look for waits that are over and go to sleep if there are none.    *)
(* A relay delivers an event, or the end of a child, in three: lock the    *)
(* active row, write that the wait is over, wake the run if it sleeps. The *)
(* last two are one action here: nobody sees the first before the commit.  *)
(* A statement reads what was committed when it began. Who owns the run is *)
(* the matter of RunLease.                                                 *)
(*                                                                         *)
(* RelayLocks = FALSE  the relay looks at the run without the lock: a twin *)
(* LooksLate  = FALSE  the worker looks before it locks: a twin            *)
(***************************************************************************)
EXTENDS FiniteSets, TLC

CONSTANTS Waits,      \* what the run waits for; each has a relay of its own
          RelayLocks, \* TRUE = the design of Kedge
          LooksLate   \* TRUE = the design of Kedge

VARIABLES state,      \* the active row: running, sleeping, pending; or ended
          lock,       \* who has the active row locked
          over,       \* waits that are over, as committed
          resolved,   \* waits that the run has put on record
          worker,     \* where the worker is: code, looked, locked, ready, gone
          sawOver,    \* what the worker saw: is a wait over?
          relay,      \* where each relay is: idle, locked, looked, done
          sawState    \* what each relay saw of the run

vars == <<state, lock, over, resolved, worker, sawOver, relay, sawState>>

Init == /\ state = "running" /\ lock = "none"
        /\ over = {} /\ resolved = {}
        /\ worker = "code" /\ sawOver = FALSE
        /\ relay = [w \in Waits |-> "idle"]
        /\ sawState = [w \in Waits |-> "none"]

Free == lock = "none"
SomethingOver == over \ resolved # {}

\* The code goes on past a wait that is over.
Resolve(w) == /\ worker = "code" /\ Free /\ w \in over \ resolved
              /\ resolved' = resolved \union {w}
              /\ UNCHANGED <<state, lock, over, worker, sawOver, relay, sawState>>

End == /\ worker = "code" /\ Free /\ resolved = Waits
       /\ state' = "ended" /\ worker' = "gone"
       /\ UNCHANGED <<lock, over, resolved, sawOver, relay, sawState>>

\* The code cannot go on: the run is to sleep.
Look == /\ IF LooksLate THEN worker = "locked" ELSE worker = "code" /\ resolved # Waits
        /\ sawOver' = SomethingOver
        /\ worker' = IF LooksLate THEN "ready" ELSE "looked"
        /\ UNCHANGED <<state, lock, over, resolved, relay, sawState>>

Lock == /\ IF LooksLate THEN worker = "code" /\ resolved # Waits ELSE worker = "looked"
        /\ Free /\ lock' = "worker"
        /\ worker' = IF LooksLate THEN "locked" ELSE "ready"
        /\ UNCHANGED <<state, over, resolved, sawOver, relay, sawState>>

Suspend == /\ worker = "ready"
           /\ state' = IF sawOver THEN "pending" ELSE "sleeping"
           /\ lock' = "none" /\ worker' = "gone"
           /\ UNCHANGED <<over, resolved, sawOver, relay, sawState>>

Claim == /\ state = "pending" /\ Free
         /\ state' = "running" /\ worker' = "code"
         /\ UNCHANGED <<lock, over, resolved, sawOver, relay, sawState>>

Hold(w) == /\ relay[w] = "idle"
           /\ IF RelayLocks THEN Free /\ lock' = w ELSE UNCHANGED lock
           /\ relay' = [relay EXCEPT ![w] = "locked"]
           /\ UNCHANGED <<state, over, resolved, worker, sawOver, sawState>>

See(w) == /\ relay[w] = "locked"
          /\ sawState' = [sawState EXCEPT ![w] = state]
          /\ relay' = [relay EXCEPT ![w] = "looked"]
          /\ UNCHANGED <<state, lock, over, resolved, worker, sawOver>>

Deliver(w) == /\ relay[w] = "looked"
              /\ RelayLocks \/ Free
              /\ over' = over \union {w}
              /\ state' = IF sawState[w] = "sleeping" /\ state = "sleeping"
                          THEN "pending" ELSE state
              /\ lock' = "none"
              /\ relay' = [relay EXCEPT ![w] = "done"]
              /\ UNCHANGED <<resolved, worker, sawOver, sawState>>

Next == \/ End \/ Look \/ Lock \/ Suspend \/ Claim
        \/ \E w \in Waits : Resolve(w) \/ Hold(w) \/ See(w) \/ Deliver(w)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Waits)

-----------------------------------------------------------------------------
TypeOK == /\ state \in {"running", "sleeping", "pending", "ended"}
          /\ lock \in {"none", "worker"} \union Waits
          /\ over \subseteq Waits /\ resolved \subseteq over
          /\ worker \in {"code", "looked", "locked", "ready", "gone"}

\* When nobody is under way, a run that sleeps has nothing to wake up for.
NoLostWakeUp == (state = "sleeping" /\ Free /\ \A w \in Waits : relay[w] \in {"idle", "done"})
                => ~SomethingOver

\* A run whose waits are all over is not asleep for good.
Wakes == (\A w \in Waits : relay[w] = "done") => state # "sleeping"
=============================================================================
