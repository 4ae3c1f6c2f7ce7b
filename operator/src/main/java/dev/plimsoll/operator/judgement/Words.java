package dev.plimsoll.operator.judgement;

/** Numbers in sentences. */
final class Words {
    private Words() {}

    static String pods(long count) {
        return count == 1 ? "1 pod" : count + " pods";
    }

    static String servers(long count) {
        return count == 1 ? "1 server has" : count + " servers have";
    }

    static String verb(long count, String one, String many) {
        return count == 1 ? one : many;
    }
}
