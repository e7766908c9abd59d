package dev.kedge.server;

import dev.kedge.api.BatchBody;
import dev.kedge.api.BatchView;
import dev.kedge.engine.Runs;
import dev.kedge.model.Enqueued;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Submits the items of one request, and says of each what became of it. */
final class Batch {

    private final Runs runs;
    private final int payloadBytesMax;

    Batch(Runs runs, int payloadBytesMax) {
        this.runs = runs;
        this.payloadBytesMax = payloadBytesMax;
    }

    /** All or none; the first item at fault is named in the refusal of the whole. */
    BatchView enqueueAll(List<BatchBody.Item> items) {
        var submissions = new ArrayList<NewRun>();
        for (var item : items) {
            try {
                submissions.add(read(item));
            } catch (KedgeException refusal) {
                throw new RefusedItem(refusal, submissions.size());
            }
        }
        var answers = runs.enqueueAll(submissions).stream().map(Batch::accepted).toList();
        return new BatchView(answers.size(), 0, answers);
    }

    BatchView enqueueEach(List<BatchBody.Item> items) {
        var answers = new BatchView.Item[items.size()];
        var submissions = new ArrayList<NewRun>();
        var places = new ArrayList<Integer>();
        for (var i = 0; i < answers.length; i++) {
            try {
                submissions.add(read(items.get(i)));
                places.add(i);
            } catch (KedgeException refusal) {
                answers[i] = refused(refusal, i);
            }
        }
        var results = runs.enqueueEach(submissions);
        for (var i = 0; i < results.size(); i++) {
            var place = places.get(i);
            answers[place] =
                    switch (results.get(i)) {
                        case Runs.Submission.Accepted(var enqueued) -> accepted(enqueued);
                        case Runs.Submission.Refused(var reason) -> refused(reason, place);
                    };
        }
        var accepted = (int) Arrays.stream(answers).filter(item -> item.problem() == null).count();
        return new BatchView(accepted, answers.length - accepted, List.of(answers));
    }

    private NewRun read(BatchBody.Item item) {
        return RunWords.toRun(new JobName(item.job()), item.run(), payloadBytesMax);
    }

    private static BatchView.Item accepted(Enqueued enqueued) {
        return new BatchView.Item(enqueued.run().toString(), enqueued.created(), null);
    }

    private static BatchView.Item refused(KedgeException refusal, int place) {
        return new BatchView.Item(null, null, Problems.from(refusal, "/items/" + place));
    }

    /** One item of an atomic batch was refused, and the others with it. */
    static final class RefusedItem extends RuntimeException {
        private final KedgeException refusal;
        private final int place;

        RefusedItem(KedgeException refusal, int place) {
            super(refusal);
            this.refusal = refusal;
            this.place = place;
        }

        KedgeException refusal() {
            return refusal;
        }

        String pointer() {
            return "/items/" + place;
        }
    }
}
