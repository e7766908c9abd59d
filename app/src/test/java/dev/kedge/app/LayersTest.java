package dev.kedge.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Random;

/** What may know what. */
@AnalyzeClasses(
        packages = "dev.kedge",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class LayersTest {

    @ArchTest
    static final ArchRule dependencies_point_at_the_model =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .withOptionalLayers(true)
                    .layer("model")
                    .definedBy("dev.kedge.model..")
                    .layer("store")
                    .definedBy("dev.kedge.store..")
                    .layer("vault")
                    .definedBy("dev.kedge.vault..")
                    .layer("engine")
                    .definedBy("dev.kedge.engine..")
                    .layer("embedded")
                    .definedBy("dev.kedge.embedded..")
                    .layer("testkit")
                    .definedBy("dev.kedge.testkit..")
                    .layer("functions")
                    .definedBy("dev.kedge.functions..")
                    .layer("api")
                    .definedBy("dev.kedge.api..")
                    .layer("server")
                    .definedBy("dev.kedge.server..")
                    .layer("cli")
                    .definedBy("dev.kedge.cli..")
                    .layer("bench")
                    .definedBy("dev.kedge.bench..")
                    .layer("app")
                    .definedBy("dev.kedge.app..")
                    .whereLayer("model")
                    .mayOnlyBeAccessedByLayers(
                            "store",
                            "vault",
                            "engine",
                            "functions",
                            "server",
                            "testkit",
                            "cli",
                            "bench",
                            "app")
                    .whereLayer("vault")
                    .mayOnlyBeAccessedByLayers("engine", "app")
                    .whereLayer("store")
                    .mayOnlyBeAccessedByLayers("engine", "bench", "app")
                    .whereLayer("engine")
                    .mayOnlyBeAccessedByLayers("functions", "server", "testkit", "bench", "app")
                    .whereLayer("embedded")
                    .mayOnlyBeAccessedByLayers("testkit", "bench", "app")
                    .whereLayer("functions")
                    .mayOnlyBeAccessedByLayers("app")
                    .whereLayer("api")
                    .mayOnlyBeAccessedByLayers("server", "cli", "bench", "app")
                    .whereLayer("server")
                    .mayOnlyBeAccessedByLayers("bench", "app")
                    .whereLayer("cli")
                    .mayOnlyBeAccessedByLayers("app")
                    .whereLayer("testkit")
                    .mayOnlyBeAccessedByLayers("bench")
                    .whereLayer("bench")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("app")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule the_stages_are_the_engines_own_business =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.kedge.engine..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.kedge.engine.*..");

    @ArchTest
    static final ArchRule the_model_needs_nothing_but_the_jdk =
            classes()
                    .that()
                    .resideInAPackage("dev.kedge.model..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            "dev.kedge.model..",
                                            "java.lang..",
                                            "java.util..",
                                            "java.time..",
                                            "java.math..",
                                            "java.nio.charset..",
                                            "java.security..",
                                            "org.jspecify.annotations..")
                                    // Bytes in memory; neither reads nor writes anything.
                                    .or(
                                            belongToAnyOf(
                                                    ByteArrayOutputStream.class,
                                                    ByteBuffer.class)));

    @ArchTest
    static final ArchRule only_the_vault_encrypts =
            noClasses()
                    .that(resideOutsideOfPackages("dev.kedge.vault.."))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("com.google.crypto.tink..")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("javax.crypto.Cipher");

    @ArchTest
    static final ArchRule the_model_starts_no_thread =
            noClasses()
                    .that()
                    .resideInAPackage("dev.kedge.model..")
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Thread.class)
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(java.util.concurrent.Executor.class);

    @ArchTest
    static final ArchRule sql_stays_where_the_database_is =
            noClasses()
                    .that(
                            resideOutsideOfPackages(
                                    "dev.kedge.store..",
                                    "dev.kedge.engine",
                                    "dev.kedge.embedded..",
                                    "dev.kedge.testkit..",
                                    "dev.kedge.bench..",
                                    "dev.kedge.app.."))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule only_the_edges_read_the_clock =
            noClasses()
                    .that(
                            resideOutsideOfPackages(
                                    "dev.kedge.app..",
                                    "dev.kedge.cli..",
                                    "dev.kedge.bench..",
                                    "dev.kedge.testkit.."))
                    .and()
                    .haveNameNotMatching("dev\\.kedge\\.embedded\\.TestPostgres.*") // Tests only.
                    .should()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .callMethod(LocalDate.class, "now")
                    .orShould()
                    .callMethod(LocalDateTime.class, "now")
                    .orShould()
                    .callMethod(OffsetDateTime.class, "now")
                    .orShould()
                    .callMethod(ZonedDateTime.class, "now")
                    .orShould()
                    .callMethod(Clock.class, "systemUTC")
                    .orShould()
                    .callMethod(Clock.class, "systemDefaultZone")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule only_programs_print =
            noClasses()
                    .that(
                            resideOutsideOfPackages(
                                    "dev.kedge.app..", "dev.kedge.cli..", "dev.kedge.bench.."))
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err");

    @ArchTest
    static final ArchRule chance_is_not_javas_oldest_generator =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName(Random.class.getName())
                    .orShould()
                    .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule libraries_log_through_the_platform =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.slf4j..", "java.util.logging..");

    @ArchTest
    static final ArchRule modules_have_no_cycles =
            slices().matching("dev.kedge.(*)..").should().beFreeOfCycles();

    /**
     * The exported package is above and below its stages: it wires them, and they serve its types.
     */
    @ArchTest
    static final ArchRule the_engines_stages_have_no_cycles =
            slices().matching("dev.kedge.engine.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule a_terminal_knows_no_commands =
            noClasses()
                    .that()
                    .resideInAPackage("dev.kedge.cli.terminal..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.kedge.cli");

    /**
     * But for the embedded server, which must find the user's cache before anybody configures it.
     */
    @ArchTest
    static final ArchRule only_programs_read_the_environment =
            noClasses()
                    .that(
                            resideOutsideOfPackages(
                                    "dev.kedge.app..", "dev.kedge.bench..", "dev.kedge.embedded.."))
                    .should()
                    .callMethod(System.class, "getenv")
                    .orShould()
                    .callMethod(System.class, "getenv", String.class);
}
