package dev.kedge.store;

import dev.kedge.embedded.TestPostgres;

/** A database of a test class's own, with the schema in it. */
record TestDb(String url, Db db) {

    static TestDb fresh() {
        var url = TestPostgres.freshDatabase();
        var db = Db.connect(url, TestPostgres.shared().user(), TestPostgres.shared().password());
        new Schema(db).migrate();
        return new TestDb(url, db);
    }
}
