-------------------------------- MODULE Steps --------------------------------
(***************************************************************************)
(* What the fence does for the steps of one run and for their effects.     *)
(*                                                                         *)
(* A worker claims a pending run and gets an epoch. It performs the effect *)
(* of each step outside the database, then records the step, and at last   *)
(* completes the run. Meanwhile it may crash, be paused, or be rescued     *)
(* from. How a claim, a rescue and the rows behind them work is the matter *)
(* of RunLease; here each of them is one action.                           *)
(*                                                                         *)
(* Fenced = TRUE   every write carries (run, epoch)                        *)
(* Fenced = FALSE  writes carry the run only: the broken twin              *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS Workers,   \* identities of worker incarnations
          MaxEpoch,  \* bound that keeps the state space finite
          Steps,     \* number of steps in the run, executed in order
          Fenced     \* TRUE = the design of Kedge, FALSE = its broken twin

VARIABLES state,     \* run row: "pending", "running" or "completed"
          epoch,     \* run row: the fence; raised by claim and by rescue
          expired,   \* run row: the lease deadline has passed (database time)
          recorded,  \* step table: how many records exist for each step
          finished,  \* how many times the run entered its terminal state
          grants,    \* how many times the lease was granted
          effects,   \* outside world: how often each step's effect happened
          alive,     \* worker process is up
          held,      \* epoch the worker believes it holds (0 = none)
          pos,       \* steps the worker believes are recorded
          acted      \* worker did the effect of step pos+1, not yet recorded

vars == <<state, epoch, expired, recorded, finished, grants, effects,
          alive, held, pos, acted>>
row     == <<state, epoch, expired, finished, grants>>
outside == <<recorded, effects>>
belief  == <<alive, held, pos, acted>>

StepSet == 1..Steps

Init == /\ state = "pending" /\ epoch = 0 /\ expired = FALSE
        /\ finished = 0 /\ grants = 0
        /\ recorded = [s \in StepSet |-> 0]
        /\ effects  = [s \in StepSet |-> 0]
        /\ alive = [w \in Workers |-> TRUE]
        /\ held  = [w \in Workers |-> 0]
        /\ pos   = [w \in Workers |-> 0]
        /\ acted = [w \in Workers |-> FALSE]

\* What the WHERE clause of a worker's write lets through. The unfenced twin
\* is bounded only so that TLC ends.
MayWrite(w) == IF Fenced THEN state = "running" /\ held[w] = epoch
                         ELSE finished < 2

\* Claim: one state write; counts the grant at once; replays recorded steps.
Claim(w) == /\ alive[w] /\ held[w] = 0 /\ state = "pending" /\ epoch < MaxEpoch
            /\ state' = "running" /\ epoch' = epoch + 1 /\ expired' = FALSE
            /\ grants' = grants + 1
            /\ held'  = [held  EXCEPT ![w] = epoch + 1]
            /\ pos'   = [pos   EXCEPT ![w] =
                           Cardinality({s \in StepSet : recorded[s] > 0})]
            /\ acted' = [acted EXCEPT ![w] = FALSE]
            /\ UNCHANGED <<finished, alive, outside>>

\* Heartbeat extends the lease. An expired lease that nobody rescued yet may
\* still be extended: rescue, not the clock, ends an epoch. Kedge keeps the
\* deadline on the row of the worker incarnation; one beat serves all its runs,
\* and an incarnation declared lost never beats again. Seen from one run that
\* is this action.
Beat(w) == /\ alive[w] /\ held[w] > 0 /\ state = "running" /\ expired
           /\ (Fenced => held[w] = epoch)
           /\ expired' = FALSE
           /\ UNCHANGED <<state, epoch, finished, grants, outside, belief>>

\* The effect happens in the outside world, which knows no fence.
Act(w) == /\ alive[w] /\ held[w] > 0 /\ ~acted[w] /\ pos[w] < Steps
          /\ effects' = [effects EXCEPT ![pos[w] + 1] = @ + 1]
          /\ acted'   = [acted   EXCEPT ![w] = TRUE]
          /\ UNCHANGED <<row, recorded, alive, held, pos>>

Record(w) == /\ alive[w] /\ held[w] > 0 /\ acted[w] /\ MayWrite(w)
             /\ recorded[pos[w] + 1] < 2
             /\ recorded' = [recorded EXCEPT ![pos[w] + 1] = @ + 1]
             /\ pos'   = [pos   EXCEPT ![w] = @ + 1]
             /\ acted' = [acted EXCEPT ![w] = FALSE]
             /\ UNCHANGED <<row, effects, alive, held>>

Complete(w) == /\ alive[w] /\ held[w] > 0 /\ pos[w] = Steps /\ MayWrite(w)
               /\ state' = "completed" /\ finished' = finished + 1
               /\ held' = [held EXCEPT ![w] = 0]
               /\ UNCHANGED <<epoch, expired, grants, outside, alive, pos, acted>>

\* Time passes; then rescue takes the run back and raises the epoch.
Expire == /\ state = "running" /\ ~expired /\ expired' = TRUE
          /\ UNCHANGED <<state, epoch, finished, grants, outside, belief>>
Rescue == /\ state = "running" /\ expired /\ epoch < MaxEpoch
          /\ state' = "pending" /\ epoch' = epoch + 1 /\ expired' = FALSE
          /\ UNCHANGED <<finished, grants, outside, belief>>

\* A refused write tells the worker that its lease is gone; it stops.
Refused(w) == /\ alive[w] /\ held[w] > 0
              /\ ~(state = "running" /\ held[w] = epoch)
              /\ held'  = [held  EXCEPT ![w] = 0]
              /\ acted' = [acted EXCEPT ![w] = FALSE]
              /\ UNCHANGED <<row, outside, alive, pos>>

Crash(w) == /\ alive[w]
            /\ alive' = [alive EXCEPT ![w] = FALSE]
            /\ held'  = [held  EXCEPT ![w] = 0]
            /\ acted' = [acted EXCEPT ![w] = FALSE]
            /\ UNCHANGED <<row, outside, pos>>
Boot(w)  == /\ ~alive[w] /\ alive' = [alive EXCEPT ![w] = TRUE]
            /\ UNCHANGED <<row, outside, held, pos, acted>>

Next == \/ Expire \/ Rescue
        \/ \E w \in Workers : \/ Claim(w) \/ Beat(w) \/ Act(w) \/ Record(w)
                              \/ Complete(w) \/ Refused(w) \/ Crash(w) \/ Boot(w)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Workers)    \* workers are interchangeable

-----------------------------------------------------------------------------
\* What must always be so.
TypeOK == /\ state \in {"pending", "running", "completed"}
          /\ epoch \in 0..MaxEpoch /\ grants \in 0..MaxEpoch
          /\ expired \in BOOLEAN /\ finished \in 0..2
          /\ \A s \in StepSet : recorded[s] \in 0..2 /\ effects[s] \in Nat
          /\ \A w \in Workers : held[w] \in 0..MaxEpoch /\ pos[w] \in 0..Steps

StepOnce      == \A s \in StepSet : recorded[s] <= 1
StepInOrder   == \A s \in 2..Steps : recorded[s] > 0 => recorded[s-1] > 0
EffectBounded == \A s \in StepSet : effects[s] <= grants
FinishedOnce  == finished <= 1
OneHolder     == \A a, b \in Workers :
                   (a # b /\ held[a] > 0 /\ held[b] > 0) => held[a] # held[b]
OneWriter     == Cardinality({w \in Workers : held[w] > 0 /\ MayWrite(w)}) <= 1

EpochRises    == [][epoch' >= epoch]_vars
EachGrantNew  == [][grants' > grants => epoch' > epoch]_vars
NoLateWrite   == [][\A w \in Workers :
                      (recorded' # recorded /\ pos'[w] # pos[w]) => held[w] = epoch]_vars
BeatByHolder  == [][(expired /\ ~expired' /\ state' = "running") =>
                      \E w \in Workers : alive[w] /\ held[w] = epoch]_vars
TerminalFinal == [][state = "completed" => state' = "completed"]_vars
=============================================================================
