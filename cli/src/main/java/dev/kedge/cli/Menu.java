package dev.kedge.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The tree of commands, of which only that part is made which the line asks for: to make all of
 * them would take longer than to run one.
 */
public final class Menu {

    private final CommandLine root;
    private final List<String> line;

    /**
     * @param line the arguments, by which the part that is needed is known
     */
    public Menu(CommandLine root, String... line) {
        this.root = root;
        this.line = List.of(line);
    }

    /** A command of its own. */
    public void add(String name, String description, Supplier<?> command) {
        add(
                name,
                description,
                isAt(0, name) ? new CommandLine(command.get()) : new CommandLine(empty()));
    }

    /** A noun with its verbs. */
    public void add(String name, String description, Map<String, Supplier<?>> verbs) {
        var group = new CommandLine(empty());
        add(name, description, group);
        if (!isAt(0, name)) {
            return;
        }
        var verb = line.size() > 1 ? verbs.get(line.get(1)) : null;
        if (verb != null) {
            group.addSubcommand(withHelp(new CommandLine(verb.get())));
        } else {
            verbs.values()
                    .forEach(each -> group.addSubcommand(withHelp(new CommandLine(each.get()))));
        }
    }

    private void add(String name, String description, CommandLine command) {
        command.getCommandSpec().usageMessage().description(description);
        root.addSubcommand(name, withHelp(command));
    }

    private boolean isAt(int position, String name) {
        return line.size() > position && line.get(position).equals(name);
    }

    private static CommandSpec empty() {
        return CommandSpec.create();
    }

    private static CommandLine withHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this.")
                                .build());
        return command;
    }
}
