package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Where the time from process start to ready went, in seconds. Phases overlap, so they need not add up to it; one that
 * has not ended, or that nothing timed, is absent.
 *
 * @param jvm from process start to the first line of the program
 * @param plan headers, configuration and planning
 * @param tokenizer reading the tokenizer and its chat template
 * @param engine loading libtorch, from when it was begun
 * @param devices opening devices once the engine is there; a GPU's context is made meanwhile
 * @param read reading the checkpoint, the mean of the threads that read
 * @param copy copying to the devices, and casting where that is one operation
 * @param cast casting on the devices
 * @param warmUp first steps
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record StartUpReport(
        @Nullable Double jvm,
        @Nullable Double plan,
        @Nullable Double tokenizer,
        @Nullable Double engine,
        @Nullable Double devices,
        @Nullable Double read,
        @Nullable Double copy,
        @Nullable Double cast,
        @Nullable Double warmUp) {}
