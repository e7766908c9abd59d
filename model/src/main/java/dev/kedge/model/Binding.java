package dev.kedge.model;

/** Who carries out the runs of a job. */
public sealed interface Binding {

    /** Code in a Java application that declares a handler under the job's name. */
    record Java() implements Binding {}

    /** A function that was deployed under this name. */
    record Function(String function) implements Binding {
        public Function {
            Names.check("handler.function", function, Names.JOB);
        }
    }
}
