package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field of a request, read from its stream with a type and bounds: it is untrusted. Each reading method takes the
 * whole value; a value that does not fit is an {@link ApiException} that names the field.
 */
final class Field {
    private static final int MAX_VALUES = 100_000;

    private final JsonParser parser;
    private final String name;
    private final int[] values;

    private Field(JsonParser parser, String name, int[] values) {
        this.parser = parser;
        this.name = name;
        this.values = values;
    }

    /** Hears the fields of an object whose value is not null. */
    @FunctionalInterface
    interface Reader {
        /** Takes the field's value. */
        void read(Field field) throws IOException;
    }

    /** Reads the object that a body is. */
    static void readBody(JsonParser parser, Reader reader) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw ApiException.invalid(null, "the body must be a JSON object");
        }
        readFields(parser, "", new int[1], reader);
        if (parser.nextToken() != null) {
            throw ApiException.invalid(null, "there is something behind the JSON object");
        }
    }

    /** Reads the object that this field is, as {@code name.inner}. */
    void object(Reader reader) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            throw wrong("an object");
        }
        readFields(parser, name + ".", values, reader);
    }

    private static void readFields(JsonParser parser, String prefix, int[] values, Reader reader) throws IOException {
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                reader.read(new Field(parser, prefix + field, values));
            }
        }
    }

    /** Name with those of the objects around it, as {@code stream_options.include_usage}. */
    String name() {
        return name;
    }

    boolean isArray() {
        return parser.hasToken(JsonToken.START_ARRAY);
    }

    boolean isText() {
        return parser.hasToken(JsonToken.VALUE_STRING);
    }

    /** The elements of a list, each named by its index. */
    void list(int most, Reader reader) throws IOException {
        if (!isArray()) {
            throw wrong("a list");
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count == most) {
                throw ApiException.invalid(name, name + " may hold at most " + most + " items");
            }
            reader.read(new Field(parser, name + "[" + count++ + "]", values));
        }
    }

    boolean flag() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong("true or false");
        };
    }

    double number(double least, double most) throws IOException {
        if (parser.currentToken().isNumeric()) {
            double value = parser.getDoubleValue();
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw wrong("a number from " + shown(least) + " to " + shown(most));
    }

    /** A whole number; {@code 1.0} is one. */
    long integer(long least, long most) throws IOException {
        if (parser.currentToken().isNumeric()) {
            double value = parser.getDoubleValue();
            if (Math.abs(value) < 0x1p63 && value == Math.rint(value)) {
                long number = parser.hasToken(JsonToken.VALUE_NUMBER_INT) ? parser.getLongValue() : (long) value;
                if (number >= least && number <= most) {
                    return number;
                }
            }
        }
        throw wrong("a whole number "
                + (most >= Integer.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most));
    }

    String text() throws IOException {
        if (!isText()) {
            throw wrong("a text");
        }
        return parser.getText();
    }

    /** One of a few words. */
    String word(List<String> words) throws IOException {
        String word = isText() ? parser.getText() : "";
        if (!words.contains(word)) {
            throw wrong("one of " + String.join(", ", words));
        }
        return word;
    }

    /** A text, or a list of texts; none of them empty. */
    List<String> texts(int most, int mostCharacters) throws IOException {
        List<String> texts = new ArrayList<>();
        if (isArray()) {
            list(most, item -> texts.add(item.text()));
        } else {
            texts.add(text());
        }
        for (String text : texts) {
            if (text.isEmpty() || text.length() > mostCharacters) {
                throw ApiException.invalid(name, name + " must be texts of 1 to " + mostCharacters + " characters");
            }
        }
        return texts;
    }

    /** Token ids; whether the model has them is not checked. */
    int[] ids() throws IOException {
        if (!isArray()) {
            throw wrong("a list of token ids");
        }
        parser.nextToken();
        return idsFromHere(Integer.MAX_VALUE);
    }

    private int[] idsFromHere(int most) throws IOException {
        int[] ids = new int[16];
        int count = 0;
        for (; !parser.hasToken(JsonToken.END_ARRAY); parser.nextToken()) {
            if (!parser.hasToken(JsonToken.VALUE_NUMBER_INT) || count == most) {
                throw wrong("a list of token ids");
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : -1;
        }
        return Arrays.copyOf(ids, count);
    }

    /** A text, a list of token ids, or a list of either. */
    List<Input> inputs(int most) throws IOException {
        if (isText()) {
            return List.of(new Input.Text(text()));
        }
        if (!isArray()) {
            throw wrong("a text, a list of token ids, or a list of those");
        }
        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            return List.of(new Input.Ids(idsFromHere(Integer.MAX_VALUE)));
        }
        List<Input> inputs = new ArrayList<>();
        for (; !parser.hasToken(JsonToken.END_ARRAY); parser.nextToken()) {
            if (inputs.size() == most) {
                throw ApiException.invalid(name, name + " may hold at most " + most + " items");
            }
            Field item = new Field(parser, name, values);
            inputs.add(item.isText() ? new Input.Text(item.text()) : new Input.Ids(item.ids()));
        }
        if (inputs.isEmpty()) {
            throw ApiException.invalid(name, "the " + name + " is empty");
        }
        return inputs;
    }

    /** Any value, as maps, lists, texts, numbers, booleans and nulls. */
    @Nullable
    Object value() throws IOException {
        if (++values[0] > MAX_VALUES) {
            throw ApiException.invalid(name, "the request holds more than " + MAX_VALUES + " values");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                    parser.nextToken();
                    map.put(key, value());
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value());
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw wrong("JSON");
        };
    }

    /** Any object, as {@link #value()}. */
    Map<String, @Nullable Object> map() throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            throw wrong("an object");
        }
        return Values.object(value());
    }

    /** Takes a field that has no effect on the answer. */
    void ignore() throws IOException {
        parser.skipChildren();
    }

    /** Takes a field only where it says what is done anyway. */
    void neutral(@Nullable Object... allowed) throws IOException {
        Object value = value();
        for (Object one : allowed) {
            boolean same = Objects.equals(value, one)
                    || (value instanceof Number number
                            && one instanceof Number other
                            && number.doubleValue() == other.doubleValue());
            if (same) {
                return;
            }
        }
        throw unknown();
    }

    /** A field that is not implemented. */
    ApiException unknown() {
        return ApiException.invalid(name, shortened(name) + " is not implemented: leave it out");
    }

    ApiException wrong(String expected) {
        return ApiException.invalid(name, shortened(name) + " must be " + expected);
    }

    private static String shortened(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    private static String shown(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
