package dev.kedge.api;

/** What this server takes at most. The unit stands last in each name. */
public record LimitsView(
        int payloadBytesMax,
        int metadataBytesMax,
        int codeBytesMax,
        int bodyBytesMax,
        int batchBodyBytesMax,
        int batchItemsMax,
        int jsonDepthMax,
        int jsonNumberCharsMax,
        int pageItemsDefault,
        int pageItemsMax,
        int logPageItemsMax,
        int waitSecondsMax,
        int keyCharsMax,
        int tagsMax,
        int tagCharsMax,
        int priorityMin,
        int priorityMax,
        int attemptsMax,
        int journalEntriesMax,
        int stateBytesMax,
        int stateKeysMax,
        int topicCharsMax,
        int matchBytesMax,
        int triggersPerJobMax) {}
