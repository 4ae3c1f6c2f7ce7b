package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a template into text and the tokens of its tags, with Jinja2's control of white space: {@code -} strips, {@code
 * +} keeps, a line break behind a block or comment goes (trim_blocks), and so does the indentation before one
 * (lstrip_blocks). The last line break of the source is dropped.
 */
final class Lexer {
    private static final int MAX_TOKENS = 500_000;
    private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");
    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;

    Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    /**
     * All tokens, with one of kind END at the end.
     *
     * @throws TemplateSyntaxException where a tag or string does not end, or a character means nothing
     */
    List<Token> tokens() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                data(source.substring(position));
                advance(source.length());
                break;
            }
            tag(tag);
        }
        add(Kind.END, "");
        return tokens;
    }

    private int nextTag() {
        for (int at = source.indexOf('{', position); at >= 0; at = source.indexOf('{', at + 1)) {
            if (at + 1 < source.length() && "%{#".indexOf(source.charAt(at + 1)) >= 0) {
                return at;
            }
        }
        return -1;
    }

    private void tag(int begin) {
        char kind = source.charAt(begin + 1);
        char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        String text = source.substring(position, begin);
        boolean lineStarts = position == 0 || source.charAt(position - 1) == '\n';
        data(before(text, signed ? sign : ' ', kind != '{', lineStarts));
        int inside = begin + (signed ? 3 : 2);
        advance(begin);
        switch (kind) {
            case '#' -> comment(inside);
            case '%' -> {
                int raw = rawEnd(inside);
                if (raw >= 0) {
                    raw(raw);
                } else {
                    add(Kind.BLOCK_BEGIN, "");
                    advance(inside);
                    code("%}", Kind.BLOCK_END);
                }
            }
            default -> {
                add(Kind.VARIABLE_BEGIN, "");
                advance(inside);
                code("}}", Kind.VARIABLE_END);
            }
        }
    }

    /** The text before a tag, without what the tag strips. */
    private static String before(String text, char sign, boolean block, boolean lineStarts) {
        if (sign == '-') {
            return Characters.stripRight(text);
        }
        if (sign == '+' || !block) {
            return text;
        }
        int begin = text.lastIndexOf('\n') + 1;
        boolean indentation = (begin > 0 || lineStarts)
                && begin < text.length()
                && text.substring(begin).chars().allMatch(Characters::isSpace);
        return indentation ? text.substring(0, begin) : text;
    }

    private void comment(int inside) {
        int end = source.indexOf("#}", inside);
        if (end < 0) {
            throw new TemplateSyntaxException("Missing end of comment tag", line);
        }
        char sign = end > inside ? source.charAt(end - 1) : ' ';
        advance(afterTag(end + 2, sign, true));
    }

    /** Where the tag ends, if it is {@code raw}; else -1. */
    private int rawEnd(int inside) {
        int at = skipSpace(inside);
        if (!source.startsWith("raw", at)) {
            return -1;
        }
        at = skipSpace(at + 3);
        if (source.startsWith("-%}", at)) {
            return skipSpace(at + 3);
        }
        return source.startsWith("%}", at) ? at + 2 : -1;
    }

    private void raw(int begin) {
        advance(begin);
        for (int at = source.indexOf("{%", begin); at >= 0; at = source.indexOf("{%", at + 1)) {
            char sign = at + 2 < source.length() ? source.charAt(at + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            int name = skipSpace(at + (signed ? 3 : 2));
            if (!source.startsWith("endraw", name)) {
                continue;
            }
            int end = skipSpace(name + 6);
            char last = end < source.length() ? source.charAt(end) : ' ';
            int close = last == '-' || last == '+' ? end + 1 : end;
            if (source.startsWith("%}", close)) {
                boolean lineStarts = begin == 0 || source.charAt(begin - 1) == '\n';
                data(before(source.substring(begin, at), signed ? sign : ' ', true, lineStarts));
                advance(afterTag(close + 2, last, true));
                return;
            }
        }
        throw new TemplateSyntaxException("Missing end of raw directive", line);
    }

    private int afterTag(int end, char sign, boolean block) {
        if (sign == '-') {
            return skipSpace(end);
        }
        boolean trims = block && sign != '+' && end < source.length() && source.charAt(end) == '\n';
        return trims ? end + 1 : end;
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < source.length() && Characters.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The tokens of a tag, up to its end outside brackets. */
    private void code(String close, Kind end) {
        Deque<Character> brackets = new ArrayDeque<>();
        while (true) {
            int begin = skipSpace(position);
            if (begin > position) {
                advance(begin);
            }
            if (position >= source.length()) {
                return;
            }
            if (brackets.isEmpty() && ends(close, end)) {
                return;
            }
            char c = source.charAt(position);
            if (c >= '0' && c <= '9') {
                number();
            } else if (c == '\'' || c == '"') {
                string(c);
            } else if (isNamePart(source.codePointAt(position))) {
                name();
            } else {
                operator(brackets);
            }
            if (tokens.size() > MAX_TOKENS) {
                throw new TemplateSyntaxException("more than " + MAX_TOKENS + " tokens", line);
            }
        }
    }

    private boolean ends(String close, Kind end) {
        char sign = source.charAt(position);
        boolean block = end == Kind.BLOCK_END;
        boolean signed = sign == '-' || (block && sign == '+');
        int at = signed ? position + 1 : position;
        if (!source.startsWith(close, at)) {
            return false;
        }
        add(end, "");
        advance(afterTag(at + 2, signed ? sign : ' ', block));
        return true;
    }

    private static boolean isNamePart(int point) {
        return point == '_' || Character.isLetterOrDigit(point);
    }

    private void name() {
        int end = position;
        while (end < source.length() && isNamePart(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
        }
        add(Kind.NAME, source.substring(position, end));
        advance(end);
    }

    private void operator(Deque<Character> brackets) {
        for (String operator : LONG_OPERATORS) {
            if (source.startsWith(operator, position)) {
                add(Kind.OPERATOR, operator);
                advance(position + 2);
                return;
            }
        }
        char c = source.charAt(position);
        if (OPERATORS.indexOf(c) < 0) {
            throw new TemplateSyntaxException(
                    "unexpected char " + Text.quoted(String.valueOf(c)) + " at " + position, line);
        }
        int open = "([{".indexOf(c);
        int closed = ")]}".indexOf(c);
        if (open >= 0) {
            brackets.push(")]}".charAt(open));
        } else if (closed >= 0) {
            Character expected = brackets.poll();
            if (expected == null) {
                throw new TemplateSyntaxException("unexpected '" + c + "'", line);
            }
            if (expected != c) {
                throw new TemplateSyntaxException("unexpected '" + c + "', expected '" + expected + "'", line);
            }
        }
        add(Kind.OPERATOR, String.valueOf(c));
        advance(position + 1);
    }

    private void number() {
        NumberLiteral literal = NumberLiteral.at(source, position, position > 0 && source.charAt(position - 1) == '.');
        tokens.add(new Token(Kind.NUMBER, source.substring(position, literal.end()), literal.value(), line));
        advance(literal.end());
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new TemplateSyntaxException(
                    "unexpected char " + Text.quoted(String.valueOf(quote)) + " at " + position, line);
        }
        add(Kind.STRING, StringLiteral.unescape(source.substring(position + 1, end), line));
        advance(end + 1);
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Kind.DATA, text);
        }
    }

    private void add(Kind kind, String text) {
        add(kind, text, null);
    }

    private void add(Kind kind, String text, @Nullable Value value) {
        tokens.add(new Token(kind, text, value, line));
    }

    private void advance(int to) {
        for (int i = position; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        position = to;
    }
}
