package dev.kedge.model;

/** A named lane inside a namespace, with a pause switch of its own. */
public record QueueName(String value) {

    public static final QueueName DEFAULT = new QueueName("default");

    public QueueName {
        Names.check("queue", value, Names.JOB);
    }

    @Override
    public String toString() {
        return value;
    }
}
