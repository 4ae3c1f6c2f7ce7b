package dev.plimsoll.server.cli;

import dev.plimsoll.api.SpecialTokensInContent;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.ChatInput;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a conversation becomes before it reaches the model. */
@Command(
        name = "render",
        description = "Show what a conversation becomes: its text, its token ids, the template that made it.",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "FILE holds a list of messages, or an object with messages, and maybe tools, documents,",
            "add_generation_prompt, continue_final_message, variables; without one it is read from the input.",
            "With --requests each line is such an object, maybe with a template of its own and the time (now)",
            "that strftime_now tells; one line answers each: {\"text\"} or {\"error\"}."
        })
final class RenderCommand implements Callable<Integer> {
    private static final int MAX_TOKENS = 1 << 22;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = "${env:PLIMSOLL_MODEL_DIR}",
            description = "checkpoint folder (its chat template, tokenizer.json)")
    @Nullable
    Path model;

    @Option(names = "--requests", paramLabel = "FILE", description = "JSON lines to render one by one; - is the input")
    @Nullable
    String requests;

    @Option(
            names = "--special-tokens-in-content",
            defaultValue = "Special",
            completionCandidates = Words.SpecialTokens.class,
            converter = Words.SpecialTokens.class,
            description = "${COMPLETION-CANDIDATES}; default: Special, as transformers does")
    SpecialTokensInContent specialTokens = SpecialTokensInContent.Special;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "a conversation in JSON; default: -, the input")
    String conversation = "-";

    @Spec
    CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            return rendered();
        } catch (IOException e) {
            throw new CommandLine.ParameterException(command.commandLine(), "cannot read: " + e, e);
        }
    }

    private int rendered() throws IOException {
        PrintWriter out = command.commandLine().getOut();
        ChatTemplate own = model == null ? null : ChatTemplate.open(model);
        if (requests != null) {
            new RenderRequests(own).answer(requests, out);
            return ExitCode.OK.code();
        }
        if (model == null) {
            throw new CommandLine.ParameterException(command.commandLine(), "--model DIR or --requests FILE is needed");
        }
        if (own == null) {
            command.commandLine().getErr().println(model + " has no chat template");
            return ExitCode.BAD_CHECKPOINT.code();
        }
        return show(own, out);
    }

    private int show(ChatTemplate template, PrintWriter out) throws IOException {
        ChatInput input;
        try {
            input = RenderRequests.conversation(conversation);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
        try (Tokenizer tokenizer = Tokenizer.open(model())) {
            String text = template.render(input);
            out.printf("template: %s of %s%n", template.chosen(input), template.origin());
            out.println(text);
            if (tokenizer != null) {
                tokens(template, tokenizer, input, out);
            }
            out.flush();
            return ExitCode.OK.code();
        } catch (TemplateException e) {
            String problem = template.problem();
            command.commandLine().getErr().println(problem != null ? problem : e.getMessage());
            return problem != null ? ExitCode.BAD_CHECKPOINT.code() : ExitCode.FAILED.code();
        }
    }

    private void tokens(ChatTemplate template, Tokenizer tokenizer, ChatInput input, PrintWriter out) {
        try (ChatEncoder encoder = ChatEncoder.open(model(), template, tokenizer, specialTokens)) {
            int[] ids = encoder.encode(input, MAX_TOKENS);
            out.printf("%d tokens: %s%n", ids.length, Arrays.toString(ids));
        }
    }

    private Path model() {
        return Objects.requireNonNull(model);
    }
}
