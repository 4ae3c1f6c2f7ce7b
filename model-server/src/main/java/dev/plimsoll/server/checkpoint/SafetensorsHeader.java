package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The header of one shard: 8 bytes of length, JSON, then the tensors' bytes without a gap.
 *
 * @param tensors in the order of their bytes
 * @param json the header's JSON as it lies in the file
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
record SafetensorsHeader(List<StoredTensor> tensors, ByteBuffer json) {
    private static final int LENGTH_BYTES = 8;
    private static final long MAX_JSON_BYTES = 100_000_000;

    /**
     * Reads and checks the header of {@code file}; reads nothing behind it.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} naming the file and what is wrong
     */
    static SafetensorsHeader read(TensorSource source, String file) {
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
        ByteBuffer json = ByteBuffer.allocate(Math.toIntExact(jsonBytes));
        source.read(file, LENGTH_BYTES, json);
        json.flip();
        return new SafetensorsHeader(parse(file, size, json.duplicate()), json);
    }

    private static List<StoredTensor> parse(String file, long size, ByteBuffer json) {
        long dataStart = (long) LENGTH_BYTES + json.remaining();
        List<StoredTensor> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : StrictJson.object(file, json).properties()) {
            if (entry.getKey().equals("__metadata__")) {
                checkMetadata(file, entry.getValue());
            } else {
                tensors.add(tensor(file, dataStart, entry.getKey(), entry.getValue()));
            }
        }
        tensors.sort(Comparator.comparingLong(StoredTensor::position).thenComparingLong(StoredTensor::bytes));
        checkContiguous(file, dataStart, size, tensors);
        return List.copyOf(tensors);
    }

    private static StoredTensor tensor(String file, long dataStart, String name, JsonNode node) {
        String where = "tensor '" + printable(name) + "' ";
        if (!name.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw InvalidCheckpoint.in(file, "corrupt header: a tensor name is not Unicode text");
        }
        StoredDtype dtype = dtype(file, where, node.path("dtype"));
        Shape shape = new Shape(numbers(file, where + "shape", node.path("shape")));
        List<Long> offsets = numbers(file, where + "data_offsets", node.path("data_offsets"));
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw InvalidCheckpoint.in(file, "corrupt header: " + where + "needs data_offsets [begin, end]");
        }
        long bytes = offsets.get(1) - offsets.get(0);
        try {
            if (dtype.bytes(shape.elements()) != bytes) {
                throw InvalidCheckpoint.in(
                        file, "corrupt header: " + where + dtype + shape + " does not take " + bytes + " bytes");
            }
            return new StoredTensor(name, dtype, shape, file, Math.addExact(dataStart, offsets.get(0)), bytes);
        } catch (ArithmeticException e) {
            throw InvalidCheckpoint.in(file, "corrupt header: " + where + e.getMessage(), e);
        }
    }

    private static StoredDtype dtype(String file, String where, JsonNode node) {
        for (StoredDtype dtype : StoredDtype.values()) {
            if (node.isTextual() && dtype.name().equals(node.textValue())) {
                return dtype;
            }
        }
        throw InvalidCheckpoint.in(file, "corrupt header: " + where + "has the unknown dtype " + node);
    }

    private static List<Long> numbers(String file, String where, JsonNode node) {
        if (!node.isArray()) {
            throw InvalidCheckpoint.in(file, "corrupt header: " + where + " is not an array");
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonNode number : node) {
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw InvalidCheckpoint.in(file, "corrupt header: " + where + " holds " + number);
            }
            numbers.add(number.longValue());
        }
        return numbers;
    }

    private static void checkMetadata(String file, JsonNode node) {
        boolean texts = node.isObject() && node.valueStream().allMatch(JsonNode::isTextual);
        if (!texts && !node.isNull()) {
            throw InvalidCheckpoint.in(file, "corrupt header: __metadata__ must map text to text");
        }
    }

    private static void checkContiguous(String file, long dataStart, long size, List<StoredTensor> tensors) {
        long end = dataStart;
        for (StoredTensor tensor : tensors) {
            if (tensor.position() != end) {
                throw InvalidCheckpoint.in(
                        file,
                        "corrupt header: tensor '" + printable(tensor.name()) + "' begins at byte " + tensor.position()
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

    private static String printable(String name) {
        String shortened = name.length() > 200 ? name.substring(0, 200) + "..." : name;
        StringBuilder text = new StringBuilder();
        shortened.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append("\\u").append(HexFormat.of().toHexDigits((char) c));
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }
}
