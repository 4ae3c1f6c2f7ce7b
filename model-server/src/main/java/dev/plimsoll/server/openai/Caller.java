package dev.plimsoll.server.openai;

/**
 * Who asks.
 *
 * @param client whose turn it is where clients take turns
 * @param request name of the request, for logs
 */
public record Caller(String client, String request) {}
