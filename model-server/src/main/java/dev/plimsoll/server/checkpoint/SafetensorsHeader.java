package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.plimsoll.server.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of one shard: 8 bytes of length, JSON, then the tensors' bytes without a gap. The JSON is parsed as it is
 * read, so that what it takes of memory is its tensors alone.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsHeader {
    private static final int LENGTH_BYTES = 8;
    private static final long MAX_JSON_BYTES = 100_000_000;
    private static final int MAX_RANK = 64;

    private final String file;
    private final long size;
    private final long dataStart;
    private final HeapBudget heap;
    private final List<StoredTensor> tensors = new ArrayList<>();

    private SafetensorsHeader(String file, long size, long dataStart, HeapBudget heap) {
        this.file = file;
        this.size = size;
        this.dataStart = dataStart;
        this.heap = heap;
    }

    /**
     * Reads and checks the header of {@code file}; reads nothing behind it.
     *
     * @param heap what the header takes is taken from it
     * @param digest told the header's JSON as it lies in the file
     * @return tensors in the order of their bytes
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} naming the file and what is wrong
     */
    static List<StoredTensor> read(TensorSource source, String file, HeapBudget heap, MessageDigest digest) {
        long size = source.size(file);
        if (size < LENGTH_BYTES) {
            throw InvalidCheckpoint.in(file, "truncated: " + size + " bytes, too short for a safetensors header");
        }
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        source.read(file, 0, length);
        long jsonBytes = length.getLong(0);
        if (jsonBytes < 0 || jsonBytes > MAX_JSON_BYTES) {
            throw InvalidCheckpoint.in(
                    file,
                    "corrupt header: it claims " + Long.toUnsignedString(jsonBytes) + " bytes, more than "
                            + MAX_JSON_BYTES);
        }
        if (jsonBytes > size - LENGTH_BYTES) {
            throw InvalidCheckpoint.in(
                    file,
                    "truncated: the header has " + jsonBytes + " bytes, the file " + (size - LENGTH_BYTES)
                            + " behind its length");
        }
        SafetensorsHeader header = new SafetensorsHeader(file, size, LENGTH_BYTES + jsonBytes, heap);
        StrictJson.members(file, new HeaderStream(source, file, LENGTH_BYTES, jsonBytes, digest), header::member);
        header.tensors.sort(Comparator.comparingLong(StoredTensor::position).thenComparingLong(StoredTensor::bytes));
        header.checkContiguous();
        return header.tensors;
    }

    private void member(String name, JsonParser json) throws IOException {
        if (name.equals("__metadata__")) {
            metadata(json);
        } else {
            tensors.add(tensor(name, json));
        }
    }

    private StoredTensor tensor(String name, JsonParser json) throws IOException {
        String where = "tensor '" + Printable.of(name) + "' ";
        if (!name.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw corrupt("a tensor name is not Unicode text");
        }
        Entry entry = new Entry(where);
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw corrupt(where + "is no object");
        }
        StrictJson.inside(json, entry::member);
        StoredDtype dtype = required(entry.dtype, where + "has no dtype");
        Shape shape = new Shape(required(entry.shape, where + "shape is not an array"));
        List<Long> offsets = required(entry.offsets, where + "data_offsets is not an array");
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw corrupt(where + "needs data_offsets [begin, end]");
        }
        heap.takeTensor(file, name, shape.dims().size());
        long bytes = offsets.get(1) - offsets.get(0);
        try {
            if (dtype.bytes(shape.elements()) != bytes) {
                throw corrupt(where + dtype + shape + " does not take " + bytes + " bytes");
            }
            return new StoredTensor(name, dtype, shape, file, Math.addExact(dataStart, offsets.get(0)), bytes);
        } catch (ArithmeticException e) {
            throw InvalidCheckpoint.in(file, "corrupt header: " + where + e.getMessage(), e);
        }
    }

    private <T> T required(@Nullable T value, String otherwise) {
        if (value == null) {
            throw corrupt(otherwise);
        }
        return value;
    }

    /** What one tensor's object says; members of other names are skipped. */
    private final class Entry {
        private final String where;
        private @Nullable StoredDtype dtype;
        private @Nullable List<Long> shape;
        private @Nullable List<Long> offsets;

        Entry(String where) {
            this.where = where;
        }

        void member(String name, JsonParser json) throws IOException {
            switch (name) {
                case "dtype" -> dtype = dtype(where, json);
                case "shape" -> shape = numbers(where + "shape", json);
                case "data_offsets" -> offsets = numbers(where + "data_offsets", json);
                default -> json.skipChildren();
            }
        }
    }

    private StoredDtype dtype(String where, JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            for (StoredDtype dtype : StoredDtype.values()) {
                if (dtype.name().equals(json.getText())) {
                    return dtype;
                }
            }
            throw corrupt(where + "has the unknown dtype '" + Printable.of(json.getText()) + "'");
        }
        throw corrupt(where + "has a dtype that is no text");
    }

    private List<Long> numbers(String where, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw corrupt(where + " is not an array");
        }
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean whole = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!whole || json.getLongValue() < 0) {
                throw corrupt(where + " holds what is no whole number of 64 bits");
            }
            if (numbers.size() == MAX_RANK) {
                throw corrupt(where + " has more than " + MAX_RANK + " numbers");
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    private void metadata(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw corrupt("__metadata__ must map text to text");
        }
        StrictJson.inside(json, (name, value) -> {
            if (value.currentToken() != JsonToken.VALUE_STRING) {
                throw corrupt("__metadata__ must map text to text");
            }
            heap.takeName(file, name);
        });
    }

    private void checkContiguous() {
        long end = dataStart;
        for (StoredTensor tensor : tensors) {
            if (tensor.position() != end) {
                throw corrupt("tensor '" + Printable.of(tensor.name()) + "' begins at byte " + tensor.position()
                        + ", the one before it ends at " + end);
            }
            end += tensor.bytes();
        }
        if (end > size) {
            throw InvalidCheckpoint.in(
                    file,
                    "truncated: its header needs " + end + " bytes, the file has " + size + ", " + (end - size)
                            + " are missing");
        }
        if (end < size) {
            throw InvalidCheckpoint.in(file, (size - end) + " bytes follow the last tensor");
        }
    }

    private RuntimeException corrupt(String what) {
        return InvalidCheckpoint.in(file, "corrupt header: " + what);
    }
}
