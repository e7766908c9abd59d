------------------------------ MODULE RunLease ------------------------------
(***************************************************************************)
(* Who owns a run, and how it ends: start, claim, settle, release, declare *)
(* lost, sweep and void, at the grain of the statements that do it.        *)
(*                                                                         *)
(* A run has a row in active_run (pending, or running under a worker and   *)
(* an epoch) or a row in ended_run. A worker is one start of a process; it *)
(* has a row in worker (its generation, whether it is lost, whether it is  *)
(* swept) and a beat. Nothing here knows the time: a beat may run out at   *)
(* any moment, a packet may arrive at any later moment or never, and a     *)
(* worker that takes no step for a while is a paused one.                  *)
(*                                                                         *)
(* A transaction is one action where nothing can come between its          *)
(* statements, and several where something can: a claim first locks the    *)
(* worker's row and then writes; a sweep first locks and looks, then moves *)
(* what it saw.                                                            *)
(*                                                                         *)
(* A cancel request to a running run is a mark on its row that changes no  *)
(* owner, so it has no action here. What ends a run from outside, a cancel *)
(* while it is pending or a terminate at any time, is EndByOther.          *)
(*                                                                         *)
(* Broken names the one rule that a twin leaves out; "nothing" is Kedge.   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS Runs,      \* identities of runs
          Workers,   \* identities of worker incarnations
          None,      \* no worker
          MaxEpoch,  \* bound that keeps the state space finite
          MaxGen,    \* likewise: generations of a worker
          Kinds,     \* what holders write: "end", "back", "note"
          Births,    \* whether runs are yet to be submitted, and may start at once
          Broken     \* see above

ASSUME Broken \in {"nothing",
                   "settle without the fence",
                   "claim without the lock",
                   "lock and claim in one statement",
                   "sweep without declaring lost",
                   "sweep looks before the lock",
                   "no generation",
                   "strangers are kept",
                   "hand-back keeps the epoch",
                   "sweep keeps the epoch",
                   "start without the lock",
                   "strangers may be expected"}

VARIABLES active,    \* active_run: for each run its row, or NoRow
          endings,   \* ended_run: how often a row was inserted for each run
          lost,      \* worker.lost_at is set
          swept,     \* worker.swept_at is set
          gen,       \* worker.gen
          beat,      \* worker_beat has a row; that row may run out and be renewed at any time
          sweep,     \* a sweep's transaction that has looked: what it saw, or NotLooking
          claims,    \* claims under way: sent, executing, or answered
          writes,    \* settlements, releases and notes under way
          up,        \* the process of the worker is there
          phase,     \* the worker's claim mutex: "free", "claiming", "in doubt", "voided"
          known,     \* the generation that the worker puts on its packets
          mine,      \* the worker's memory: the epoch it holds a run under, 0 = not at all
          starts,    \* submissions under way that may be leased to who sends them
          expected,  \* the worker's memory: runs whose start it has sent and not heard of
          unheard,   \* runs of whose start the worker never heard
          looked,    \* what a worker that compares has read of the leases it has
          trespass   \* a write was accepted from somebody who was not the holder

tables  == <<active, endings, lost, swept, gen, beat>>
process == <<up, phase, known, mine>>
births  == <<starts, expected, unheard, looked>>
vars    == <<tables, sweep, claims, writes, process, births, trespass>>

NoRow      == [state |-> "none", epoch |-> 0, worker |-> None]
NotLooking == [seen |-> {}, looking |-> FALSE]

Unborn        == [state |-> "unborn", epoch |-> 0, worker |-> None]
Pending(e)    == [state |-> "pending", epoch |-> e, worker |-> None]
Running(w, e) == [state |-> "running", epoch |-> e, worker |-> w]

Init == /\ active  = [r \in Runs |-> IF Births THEN Unborn ELSE Pending(0)]
        /\ endings = [r \in Runs |-> 0]
        /\ lost    = [w \in Workers |-> FALSE]
        /\ swept   = [w \in Workers |-> FALSE]
        /\ gen     = [w \in Workers |-> 1]
        /\ beat    = [w \in Workers |-> TRUE]
        /\ sweep   = [w \in Workers |-> NotLooking]
        /\ claims  = {}
        /\ writes  = {}
        /\ up      = [w \in Workers |-> TRUE]
        /\ phase   = [w \in Workers |-> "free"]
        /\ known   = [w \in Workers |-> 1]
        /\ mine    = [w \in Workers |-> [r \in Runs |-> 0]]
        /\ starts   = {}
        /\ expected = [w \in Workers |-> {}]
        /\ unheard  = [w \in Workers |-> {}]
        /\ looked   = [w \in Workers |-> {}]
        /\ trespass = FALSE

-----------------------------------------------------------------------------
\* Locks on the row of a worker. A claim holds it shared between its two
\* statements, a sweep holds it alone between its two. Declaring lost and
\* voiding take it alone for one action: they wait for the shared ones.

Locking == Broken \notin {"claim without the lock", "lock and claim in one statement"}

SharedLock(w) == \/ Locking /\ \E c \in claims : c.worker = w /\ c.at = "executing"
                 \/ /\ Broken # "start without the lock"
                    /\ \E s \in starts : s.worker = w /\ s.at = "executing"
OwnLock(w)    == sweep[w].looking /\ Broken # "sweep looks before the lock"
Unlocked(w)   == ~SharedLock(w) /\ ~OwnLock(w)

\* The condition that a batch of a worker puts on the row of that worker.
Valid(w, g) == /\ ~lost[w]
               /\ Broken = "no generation" \/ gen[w] = g

-----------------------------------------------------------------------------
\* Claim. One at a time for each worker (the mutex), in two statements.

SendClaim(w) ==
    /\ up[w] /\ phase[w] = "free" /\ \E r \in Runs : mine[w][r] = 0
    /\ phase'  = [phase EXCEPT ![w] = "claiming"]
    /\ claims' = claims \cup {[worker |-> w, gen |-> known[w], at |-> "sent",
                               heard |-> TRUE, run |-> None, epoch |-> 0]}
    /\ UNCHANGED <<tables, sweep, writes, up, known, mine, trespass, births>>

\* The first statement: the lock, or in the twins that have none, the moment
\* that the statement's snapshot is of. Refused, the worker is told.
ClaimBegins(c) ==
    /\ c \in claims /\ c.at = "sent" /\ (Locking => ~OwnLock(c.worker))
    /\ IF Valid(c.worker, c.gen)
       THEN /\ claims' = (claims \ {c}) \cup {[c EXCEPT !.at = "executing"]}
            /\ UNCHANGED phase
       ELSE /\ claims' = claims \ {c}
            /\ phase' = IF c.heard THEN [phase EXCEPT ![c.worker] = "free"] ELSE phase
    /\ UNCHANGED <<tables, sweep, writes, up, known, mine, trespass, births>>

\* The second statement and the commit. The rows of active_run are read as
\* they are now: an update looks again at a row that changed after its
\* snapshot. The row of the worker is not updated, so there a condition in the
\* same statement sees the snapshot: that is the twin in one statement, which
\* has its lock by now and believes what it saw before it had it.
ClaimWrites(c) ==
    LET w == c.worker
        Answered(r, e) ==
            IF c.heard
            THEN (claims \ {c}) \cup {[c EXCEPT !.at = "answered", !.run = r, !.epoch = e]}
            ELSE claims \ {c}
    IN /\ c \in claims /\ c.at = "executing"
       /\ Broken = "lock and claim in one statement" => ~OwnLock(w)
       /\ \/ \E r \in Runs :
               /\ active[r].state = "pending" /\ active[r].epoch < MaxEpoch
               /\ active' = [active EXCEPT ![r] = Running(w, @.epoch + 1)]
               /\ claims' = Answered(r, active[r].epoch + 1)
          \/ /\ \A r \in Runs : active[r].state # "pending"
             /\ claims' = Answered(None, 0)
             /\ UNCHANGED active
       /\ UNCHANGED <<endings, lost, swept, gen, beat, sweep, writes, process, trespass, births>>

\* The reply arrives, perhaps long after a rescue: then the handler begins with
\* a lease that is gone, and whatever it writes must be refused.
ClaimArrives(c) ==
    /\ c \in claims /\ c.at = "answered" /\ c.heard
    /\ claims' = claims \ {c}
    /\ phase'  = [phase EXCEPT ![c.worker] = "free"]
    /\ mine'   = IF c.run = None THEN mine
                 ELSE [mine EXCEPT ![c.worker][c.run] = c.epoch]
    /\ UNCHANGED <<tables, sweep, writes, up, known, trespass, births>>

\* The reply is lost. The packet may be anywhere: executed, or still to come.
Deaf(w) == {IF c.worker = w THEN [c EXCEPT !.heard = FALSE] ELSE c :
               c \in {d \in claims : ~(d.worker = w /\ d.at = "answered")}}

ClaimUnknown(w) ==
    /\ up[w] /\ phase[w] = "claiming" /\ known[w] < MaxGen
    /\ phase'  = [phase EXCEPT ![w] = "in doubt"]
    /\ claims' = Deaf(w)
    /\ UNCHANGED <<tables, sweep, writes, up, known, mine, trespass, births>>

\* Void: a new generation. It waits for the worker's own batches, and those
\* still on their way are refused when they arrive.
Void(w) ==
    /\ up[w] /\ phase[w] = "in doubt" /\ ~lost[w]
    /\ IF Broken = "no generation"
       THEN UNCHANGED <<gen, known>>
       ELSE /\ Unlocked(w)
            /\ gen'   = [gen   EXCEPT ![w] = @ + 1]
            /\ known' = [known EXCEPT ![w] = @ + 1]
    /\ phase' = [phase EXCEPT ![w] = "voided"]
    /\ UNCHANGED <<active, endings, lost, swept, beat, sweep, claims, writes, up, mine, trespass, births>>

\* The worker compares what the database says it holds with its memory, under
\* the claim mutex, and releases the strangers among them.
ReleaseStrangers(w) ==
    /\ up[w] /\ phase[w] = "voided"
    /\ LET strangers == {r \in Runs : active[r].worker = w /\ mine[w][r] # active[r].epoch}
       IN /\ \A r \in strangers : active[r].epoch < MaxEpoch
          /\ active' = [r \in Runs |->
               IF r \in strangers /\ Broken # "strangers are kept" THEN Pending(active[r].epoch + 1) ELSE active[r]]
    /\ phase' = [phase EXCEPT ![w] = "free"]
    /\ UNCHANGED <<endings, lost, swept, gen, beat, sweep, claims, writes, up, known, mine, trespass, births>>

-----------------------------------------------------------------------------
\* Start where submitted. The worker expects the run before it sends the
\* submission, which leases it here or puts it into the queue. A submission
\* whose outcome is unknown may be sent again; what is there already is left
\* alone. Nothing of this goes through the claim mutex.

Unheard(w) == {IF s.worker = w THEN [s EXCEPT !.heard = FALSE] ELSE s :
                  s \in {t \in starts : ~(t.worker = w /\ t.at = "answered")}}

SendStart(w, r) ==
    /\ up[w] /\ Births /\ endings[r] = 0 /\ mine[w][r] = 0
    /\ ~\E s \in starts : s.run = r /\ s.heard
    /\ \A v \in Workers \ {w} : r \notin unheard[v] \* A submission is one process's own.
    /\ active[r] = Unborn \/ r \in unheard[w]
    /\ starts'   = starts \cup {[worker |-> w, gen |-> known[w], run |-> r, at |-> "sent",
                                 heard |-> TRUE, leased |-> FALSE]}
    /\ expected' = [expected EXCEPT ![w] = @ \cup {r}]
    /\ UNCHANGED <<tables, sweep, claims, writes, process, unheard, looked, trespass>>

\* The first statement. Unlike a claim it is not refused where the worker is
\* lost: the run is stored all the same, and waits.
StartBegins(s) ==
    /\ s \in starts /\ s.at = "sent"
    /\ Broken # "start without the lock" => ~OwnLock(s.worker)
    /\ starts' = (starts \ {s}) \cup
           {[s EXCEPT !.at = IF Valid(s.worker, s.gen) THEN "executing" ELSE "without"]}
    /\ UNCHANGED <<tables, sweep, claims, writes, process, expected, unheard, looked, trespass>>

\* The second statement and the commit. It may put the run into the queue in
\* any case: others wait, or the job is paused.
StartWrites(s) ==
    LET Answered(leased) ==
            IF s.heard
            THEN (starts \ {s}) \cup {[s EXCEPT !.at = "answered", !.leased = leased]}
            ELSE starts \ {s}
    IN /\ s \in starts /\ s.at \in {"executing", "without"}
       /\ \/ /\ active[s.run] = Unborn /\ s.at = "executing"
             /\ active' = [active EXCEPT ![s.run] = Running(s.worker, 1)]
             /\ starts' = Answered(TRUE)
          \/ /\ active[s.run] = Unborn
             /\ active' = [active EXCEPT ![s.run] = Pending(0)]
             /\ starts' = Answered(FALSE)
          \/ /\ active[s.run] # Unborn
             /\ starts' = Answered(FALSE)
             /\ UNCHANGED active
       /\ UNCHANGED <<endings, lost, swept, gen, beat, sweep, claims, writes, process, expected,
                      unheard, looked, trespass>>

StartArrives(s) ==
    /\ s \in starts /\ s.at = "answered" /\ s.heard
    /\ starts'   = starts \ {s}
    /\ expected' = [expected EXCEPT ![s.worker] = @ \ {s.run}]
    /\ mine'     = IF s.leased THEN [mine EXCEPT ![s.worker][s.run] = 1] ELSE mine
    /\ UNCHANGED <<tables, sweep, claims, writes, up, phase, known, unheard, looked, trespass>>

StartUnknown(w) ==
    /\ up[w] /\ expected[w] # {}
    /\ starts'   = Unheard(w)
    /\ unheard'  = [unheard EXCEPT ![w] = @ \cup expected[w]]
    /\ expected' = [expected EXCEPT ![w] = {}]
    /\ UNCHANGED <<tables, sweep, claims, writes, process, looked, trespass>>

\* Now and then the worker compares, under the claim mutex: it reads what it
\* holds, and afterwards hands back what it neither holds nor expects.
CompareLooks(w) ==
    /\ Births /\ up[w] /\ phase[w] = "free"
    /\ phase' = [phase EXCEPT ![w] = "comparing"]
    /\ looked'  = [looked EXCEPT ![w] =
                   {[run |-> r, epoch |-> active[r].epoch] : r \in {q \in Runs : active[q].worker = w}}]
    /\ UNCHANGED <<tables, sweep, claims, writes, up, known, mine, starts, expected, unheard, trespass>>

CompareActs(w) ==
    /\ up[w] /\ phase[w] = "comparing"
    /\ LET strangers == {x \in looked[w] :
                            /\ mine[w][x.run] # x.epoch
                            /\ x.run \in expected[w] => Broken = "strangers may be expected"}
           back == {x.run : x \in {y \in strangers : active[y.run] = Running(w, y.epoch)}}
       IN /\ \A r \in back : active[r].epoch < MaxEpoch
          /\ active' = [r \in Runs |-> IF r \in back THEN Pending(active[r].epoch + 1) ELSE active[r]]
          /\ trespass' = (trespass \/ \E r \in back :
                 \E s \in starts : s.worker = w /\ s.run = r /\ s.heard /\ s.leased)
    /\ phase' = [phase EXCEPT ![w] = "free"]
    /\ looked'  = [looked EXCEPT ![w] = {}]
    /\ UNCHANGED <<endings, lost, swept, gen, beat, sweep, claims, writes, up, known, mine, starts,
                   expected, unheard>>

-----------------------------------------------------------------------------
\* Writes of the holder: "end" (settle), "back" (settle with a retry or a
\* snooze, or release), "note" (progress and log lines). A worker whose reply
\* was lost sends again, and may hand back what it has already settled.

Send(w, r, kind) ==
    /\ up[w] /\ mine[w][r] > 0
    /\ writes' = writes \cup {[worker |-> w, run |-> r, epoch |-> mine[w][r], kind |-> kind]}
    /\ writes' # writes
    /\ UNCHANGED <<tables, sweep, claims, process, trespass, births>>

Accepted(p) == /\ active[p.run] # NoRow
               /\ \/ active[p.run].epoch = p.epoch
                  \/ Broken = "settle without the fence" /\ p.kind = "end"

Held(p) == active[p.run] = Running(p.worker, p.epoch)

\* Executes, and either the worker hears of it or it does not. It forgets the
\* run only where its memory is still of the lease it wrote for.
Write(p) ==
    /\ p \in writes /\ writes' = writes \ {p}
    /\ IF Accepted(p)
       THEN /\ trespass' = (trespass \/ ~Held(p))
            /\ CASE p.kind = "end" ->
                      /\ active'  = [active  EXCEPT ![p.run] = NoRow]
                      /\ endings' = [endings EXCEPT ![p.run] = @ + 1]
                 [] p.kind = "back" ->
                      /\ active[p.run].epoch < MaxEpoch
                      /\ active' = [active EXCEPT ![p.run] =
                           Pending(@.epoch + IF Broken = "hand-back keeps the epoch" THEN 0 ELSE 1)]
                      /\ UNCHANGED endings
                 [] p.kind = "note" -> UNCHANGED <<active, endings>>
       ELSE UNCHANGED <<active, endings, trespass, births>>
    /\ \/ UNCHANGED mine
       \/ /\ mine[p.worker][p.run] = p.epoch
          /\ p.kind = "note" => ~Accepted(p)
          /\ mine' = [mine EXCEPT ![p.worker][p.run] = 0]
    /\ UNCHANGED <<lost, swept, gen, beat, sweep, claims, up, phase, known, births>>

\* Somebody else ends the run: one statement, on the row as it is.
EndByOther(r) ==
    /\ active[r] \notin {NoRow, Unborn}
    /\ active'  = [active  EXCEPT ![r] = NoRow]
    /\ endings' = [endings EXCEPT ![r] = @ + 1]
    /\ UNCHANGED <<lost, swept, gen, beat, sweep, claims, writes, process, trespass, births>>

-----------------------------------------------------------------------------
\* The death of a worker. A beat that ran out and is renewed in time changes
\* nothing: only the declaration ends a worker, and any worker may be late.

\* By a kill, or by its own hand on hearing that it is lost. What it sent is
\* still on its way. The process that is started next is another worker.
Die(w) ==
    /\ up[w]
    /\ up'     = [up    EXCEPT ![w] = FALSE]
    /\ phase'  = [phase EXCEPT ![w] = "free"]
    /\ mine'   = [mine  EXCEPT ![w] = [r \in Runs |-> 0]]
    /\ claims' = Deaf(w)
    /\ starts'   = Unheard(w)
    /\ expected' = [expected EXCEPT ![w] = {}]
    /\ looked'   = [looked EXCEPT ![w] = {}]
    /\ UNCHANGED <<tables, sweep, writes, known, unheard, trespass>>

\* Lock the beat, set lost_at (which waits for the worker's batches), delete
\* the beat. One action: while the beat is locked, no beat gets through.
DeclareLost(w) ==
    /\ beat[w] /\ ~lost[w] /\ Unlocked(w)
    /\ lost' = [lost EXCEPT ![w] = TRUE]
    /\ beat' = [beat EXCEPT ![w] = FALSE]
    /\ UNCHANGED <<active, endings, swept, gen, sweep, claims, writes, process, trespass, births>>

HeldBy(w) == {[run |-> r, epoch |-> active[r].epoch] : r \in {s \in Runs : active[s].worker = w}}

\* Sweep, first the lock and then, as a new statement, the look.
SweepLooks(w) ==
    /\ ~swept[w] /\ ~sweep[w].looking
    /\ CASE Broken = "sweep without declaring lost" -> Unlocked(w)
         [] Broken = "sweep looks before the lock"  -> TRUE
         [] OTHER                                   -> lost[w] /\ Unlocked(w)
    /\ sweep' = [sweep EXCEPT ![w] = [seen |-> HeldBy(w), looking |-> TRUE]]
    /\ UNCHANGED <<tables, claims, writes, process, trespass, births>>

\* Each run that was seen, by (run, epoch): one loss more, and pending again or
\* ended. If that was all, the worker is swept; a sweep that was full is
\* followed by another.
SweepMoves(w) ==
    /\ sweep[w].looking
    /\ Broken = "sweep looks before the lock" => lost[w] /\ ~SharedLock(w)
    /\ LET seen     == sweep[w].seen
           still    == {r \in Runs : [run |-> r, epoch |-> active[r].epoch] \in seen}
       IN \E ends \in SUBSET still, all \in BOOLEAN :
            /\ \A r \in still \ ends : active[r].epoch < MaxEpoch
            /\ active' = [r \in Runs |->
                 CASE r \in ends -> NoRow
                   [] r \in still \ ends ->
                        Pending(active[r].epoch + IF Broken = "sweep keeps the epoch" THEN 0 ELSE 1)
                   [] OTHER -> active[r]]
            /\ endings' = [r \in Runs |-> endings[r] + IF r \in ends THEN 1 ELSE 0]
            /\ swept' = [swept EXCEPT ![w] = all]
    /\ sweep' = [sweep EXCEPT ![w] = NotLooking]
    /\ UNCHANGED <<lost, gen, beat, claims, writes, process, trespass, births>>

-----------------------------------------------------------------------------
Next == \/ \E w \in Workers :
             \/ SendClaim(w) \/ ClaimUnknown(w) \/ Void(w) \/ ReleaseStrangers(w)
             \/ Die(w) \/ DeclareLost(w)
             \/ StartUnknown(w) \/ CompareLooks(w) \/ CompareActs(w)
             \/ \E r \in Runs : SendStart(w, r)
             \/ SweepLooks(w) \/ SweepMoves(w)
             \/ \E r \in Runs, k \in Kinds : Send(w, r, k)
        \/ \E c \in claims : ClaimBegins(c) \/ ClaimWrites(c) \/ ClaimArrives(c)
        \/ \E s \in starts : StartBegins(s) \/ StartWrites(s) \/ StartArrives(s)
        \/ \E p \in writes : Write(p)
        \/ \E r \in Runs : EndByOther(r)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Workers) \cup Permutations(Runs)

-----------------------------------------------------------------------------
\* What must always be so. The labels are those of docs/promises.md.

Row == [state : {"unborn", "pending", "running", "none"}, epoch : 0..MaxEpoch, worker : Workers \cup {None}]

TypeOK == /\ \A r \in Runs : active[r] \in Row /\ endings[r] \in 0..2
          /\ \A w \in Workers : /\ gen[w] \in 1..MaxGen /\ known[w] \in 1..MaxGen
                                 /\ beat[w] \in BOOLEAN
                                 /\ phase[w] \in {"free", "claiming", "in doubt", "voided",
                                                  "comparing"}
                                 /\ \A r \in Runs : mine[w][r] \in 0..MaxEpoch
          /\ \A r \in Runs : (active[r].state = "running") = (active[r].worker # None)

\* A run is active or ended, never both and never neither.                  (P1)
OneRow == \A r \in Runs : (active[r] # NoRow) # (endings[r] > 0)

EndedOnce == \A r \in Runs : endings[r] <= 1                              \* (P6)

\* A run is pending, or held by a worker that somebody still watches.       (P1)
SweptHoldsNothing == \A w \in Workers, r \in Runs : swept[w] => active[r].worker # w

\* Two workers never believe in the same lease.                             (P3)
OneHolder == \A a, b \in Workers, r \in Runs :
                a # b /\ mine[a][r] > 0 => mine[a][r] # mine[b][r]

\* One worker at most has a write that would be taken, and it is the holder. (P3)
OneWriter == \A r \in Runs :
    Cardinality({w \in Workers : /\ mine[w][r] > 0
                                 /\ Accepted([worker |-> w, run |-> r, epoch |-> mine[w][r],
                                              kind |-> "end"])}) <= 1

\* Nothing was ever taken from anybody but the holder.                      (P3)
NoLateWrite == ~trespass

\* A worker that is not in doubt knows what it holds: nothing is held for ever
\* by somebody who has never heard of it. What may have started unheard is
\* found by the next comparison.                                            (P1)
HolderKnows == \A w \in Workers, r \in Runs :
    up[w] /\ phase[w] = "free" /\ active[r].worker = w
        => mine[w][r] = active[r].epoch \/ r \in expected[w] \cup unheard[w]

\* Epochs rise, and each lease has a new one.                               (P3)
EpochRises == [][\A r \in Runs : active'[r] # NoRow =>
                    /\ active'[r].epoch >= active[r].epoch
                    /\ active'[r].worker \notin {None, active[r].worker}
                          => active'[r].epoch > active[r].epoch]_vars

\* What ended stays ended.                                                  (P6)
EndIsFinal == [][\A r \in Runs : endings[r] > 0 => active'[r] = NoRow]_vars

\* A lost worker never beats again.                                         (P3)
LostForGood == [][\A w \in Workers : lost[w] => lost'[w] /\ ~beat'[w]]_vars
=============================================================================
