package dev.plimsoll.operator.reports;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.replicas.ReportFailure;
import java.io.IOException;

/** What pods say, checked before it is used: a pod may say anything. */
final class ReportReader {
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactoryBuilder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxStringLength(16 << 10)
                            .maxNumberLength(40)
                            .build())
                    .build())
            .registerModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private ReportReader() {}

    /** Reads the answer of the pod with this UID. */
    static Answer read(Reply reply, String podUid) {
        return switch (reply) {
            case Reply.Failed(ReportFailure failure) -> new Answer.None(failure);
            case Reply.Body(String json) -> parse(json, podUid);
        };
    }

    private static Answer parse(String json, String podUid) {
        ReplicaReport report;
        try {
            report = JSON.readValue(json, ReplicaReport.class);
        } catch (IOException | RuntimeException e) {
            return Answer.none(ReportFailure.NOT_JSON, "the answer is no report: " + firstLine(e));
        }
        if (report == null) {
            return Answer.none(ReportFailure.NOT_JSON, "the answer is no report: null");
        }
        if (!podUid.equals(report.podUid())) {
            return Answer.none(
                    ReportFailure.OTHER_POD,
                    "the answer is the report of "
                            + (report.podUid() == null ? "no pod" : "another pod, UID " + cut(report.podUid())));
        }
        return Plausibility.objection(report)
                .<Answer>map(
                        objection -> Answer.none(ReportFailure.IMPLAUSIBLE, "the report cannot be true: " + objection))
                .orElseGet(() -> new Answer.Report(report));
    }

    private static String firstLine(Exception thrown) {
        return cut(String.valueOf(thrown.getMessage()).lines().findFirst().orElse(""));
    }

    private static String cut(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200);
    }
}
