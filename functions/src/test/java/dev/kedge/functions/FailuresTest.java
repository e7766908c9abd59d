package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong in a function is told truly, and touches nobody else. */
class FailuresTest {

    private static final String BYSTANDER = "let calls = 0; export default () => ++calls;";
    private static Bench bench;
    private static dev.kedge.model.Deployment bystander;
    private static int calls;

    @BeforeAll
    static void open() {
        bench = new Bench(config -> config.withLimits(config.memoryBytesMax(), 1_000, 200));
        bystander = Bench.deployed("bystander", BYSTANDER);
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    /** Its process was there before and counts on, so it was neither hurt nor replaced. */
    @AfterEach
    void the_process_of_another_function_is_as_it_was() throws Exception {
        assertThat(bench.result(bystander, "null")).isEqualTo(Integer.toString(++calls));
    }

    @Test
    void a_thrown_error_is_kept_with_the_lines_its_author_knows() throws Exception {
        var code =
                """
                interface Padding {
                  a: number;
                }
                class Odd extends Error { name = "Odd"; }

                function deep(value: Padding): never {
                  throw new Odd(`no ${value.a}`);
                }
                export default async (ctx: unknown) => {
                  await Promise.resolve();
                  deep({ a: 7 });
                };
                """;

        var failure = bench.failure(code);

        assertThat(failure.code()).isEqualTo(Failure.Code.HANDLER_FAILED);
        assertThat(failure.type()).isEqualTo("Odd");
        assertThat(failure.message()).isEqualTo("no 7");
        assertThat(failure.stack())
                .contains("at deep (hello.ts:7:9)")
                .contains("(hello.ts:11:3)")
                .doesNotContain("blob:", "data:", "bootstrap");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'text'              | string    | text
                    42                  | number    | threw 42, which is not an Error
                    undefined           | undefined | threw undefined, which is not an Error
                    null                | null      | threw null, which is not an Error
                    ({ code: 7 })       | object    | threw { code: 7 }, which is not an Error
                    Symbol('odd')       | symbol    | threw Symbol(odd), which is not an Error
                    """)
    void a_thrown_value_that_is_no_error_is_described(String value, String type, String message)
            throws Exception {
        var failure =
                bench.failure(
                        "export default () => { throw %s; };"
                                .formatted("text".equals(value) ? "'text'" : value));

        assertThat(failure.type()).isEqualTo(type);
        assertThat(failure.message()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (() => { const a = {}; a.self = a; return a; })() | circular
                    10n                                               | BigInt
                    () => 1                                           | function
                    Symbol()                                          | symbol
                    "x".repeat(2000)                                  | the limit is 1000
                    ({ toJSON() { throw new Error("no JSON today"); } }) | no JSON today
                    """)
    void a_result_that_is_no_json_is_refused_with_the_reason(String value, String reason)
            throws Exception {
        var failure = bench.failure("export default async () => " + value);

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_RESULT);
        assertThat(failure.message()).contains(reason);
    }

    @Test
    void a_result_too_deep_to_store_is_refused() throws Exception {
        var failure =
                bench.failure(
                        "export default () => { let a = 1; for (let i = 0; i < 499; i++) a = [[a]]; return a; }");

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_RESULT);
    }

    @Test
    void a_promise_that_nothing_can_settle_fails_at_once() throws Exception {
        var failure = bench.failure("export default () => new Promise(() => {});");

        assertThat(failure.code()).isEqualTo(Failure.Code.HANDLER_FAILED);
        assertThat(failure.message())
                .isEqualTo("the handler waits for a promise that nothing can settle any more");
    }

    @Test
    void a_promise_that_nothing_can_settle_any_more_fails_though_it_once_could() throws Exception {
        var failure =
                bench.failure(
                        "export default async () => { await new Promise(r => setTimeout(r, 80));"
                                + " await new Promise(() => {}); }");

        assertThat(failure.message()).contains("nothing can settle");
    }

    @Test
    void an_error_thrown_in_a_callback_is_the_runs_error() throws Exception {
        var failure =
                bench.failure(
                        "export default () => new Promise(() => setTimeout(() => { throw new"
                                + " TypeError('late'); }, 5));");

        assertThat(failure.type()).isEqualTo("TypeError");
        assertThat(failure.message()).isEqualTo("late");
    }

    @Test
    void leaving_early_is_no_success() throws Exception {
        var failure = bench.failure("export default () => Deno.exit(0);");

        assertThat(failure.code()).isEqualTo(Failure.Code.PROCESS_EXITED);
        assertThat(failure.message()).endsWith("exit status 0");
        assertThat(bench.failure("export default () => Deno.exit(3);").message())
                .endsWith("exit status 3");
    }

    @Test
    void code_that_does_not_parse_fails_for_good_with_its_line() throws Exception {
        var outcome = bench.run("export default async () => {\n  const x = ;\n};");

        assertThat(outcome).isInstanceOf(Outcome.FailedForGood.class);
        var failure = Bench.failureOf(outcome);
        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_CODE);
        assertThat(failure.message()).contains("Expression expected").contains("hello.ts:2:13");
    }

    @Test
    void code_that_throws_while_it_loads_fails_for_good_with_its_line() throws Exception {
        var failure = bench.failure("const a = 1;\nthrow new Error('at load');");

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_CODE);
        assertThat(failure.message()).isEqualTo("at load");
        assertThat(failure.stack()).contains("hello.ts:2:7");
    }

    @Test
    void a_module_without_a_handler_is_bad_code() throws Exception {
        var failure = bench.failure("export const nothing = 1;");

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_CODE);
        assertThat(failure.message()).startsWith("no handler found: export default defineJob");
    }

    @Test
    void a_module_that_never_finishes_loading_is_bad_code() throws Exception {
        var failure = bench.failure("await new Promise(() => {}); export default () => 1;");

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_CODE);
        assertThat(failure.message()).contains("nothing can settle");
    }
}
