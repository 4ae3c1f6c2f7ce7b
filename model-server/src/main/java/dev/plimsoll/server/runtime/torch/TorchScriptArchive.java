package dev.plimsoll.server.runtime.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module from its source text: a zip of stored entries with the code, and a pickle of the module's
 * attributes.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md">the format</a>
 */
final class TorchScriptArchive {
    private TorchScriptArchive() {}

    /**
     * The archive's bytes.
     *
     * @param methods source texts beside this class, each a few methods of {@code __torch__.Model}
     * @param attributes those that the methods use: {@code Long}, {@code Double}, {@code Boolean}, or an
     *     {@link EmptyList}
     * @param bound attributes that are set by a method {@code bind}, whose arguments they are in this order
     */
    static byte[] write(List<String> methods, SequencedMap<String, Object> attributes, List<String> bound) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "m/data.pkl", Pickle.module(attributes));
            store(zip, "m/code/__torch__.py", source(methods, attributes, bound));
            store(zip, "m/constants.pkl", Pickle.emptyTuple());
            store(zip, "m/version", "10\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] source(List<String> methods, SequencedMap<String, Object> attributes, List<String> bound)
            throws IOException {
        StringBuilder source = new StringBuilder("class Model(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
        attributes.forEach((name, value) -> source.append("  ")
                .append(name)
                .append(" : ")
                .append(type(value))
                .append('\n'));
        for (String resource : methods) {
            try (InputStream in = TorchScriptArchive.class.getResourceAsStream(resource)) {
                byte[] text = Objects.requireNonNull(in, resource).readAllBytes();
                source.append('\n').append(new String(text, StandardCharsets.UTF_8));
            }
        }
        if (!bound.isEmpty()) {
            source.append(binding(attributes, bound));
        }
        return source.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String binding(SequencedMap<String, Object> attributes, List<String> bound) {
        StringBuilder method = new StringBuilder("\n  def bind(self: __torch__.Model");
        bound.forEach(name -> method.append(",\n    ")
                .append(name)
                .append(": ")
                .append(type(Objects.requireNonNull(attributes.get(name), name))));
        method.append(") -> NoneType:\n");
        bound.forEach(name -> method.append("    self.")
                .append(name)
                .append(" = ")
                .append(name)
                .append('\n'));
        return method.append("    return None\n").toString();
    }

    private static String type(Object value) {
        return switch (value) {
            case Long number -> "int";
            case Boolean flag -> "bool";
            case Double number -> "float";
            case EmptyList list -> list.type();
            default -> throw new IllegalArgumentException("no TorchScript type for " + value);
        };
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The few opcodes of pickle protocol 2 that a module's attributes need. Written, never read. */
    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        static byte[] module(Map<String, Object> attributes) {
            Pickle pickle = new Pickle();
            pickle.op(0x80).op(2);
            pickle.global("__torch__", "Model").op(')').op(0x81);
            pickle.op('}').op('(');
            attributes.forEach((name, value) -> pickle.text(name).value(value));
            pickle.op('u').op('b').op('.');
            return pickle.out.toByteArray();
        }

        static byte[] emptyTuple() {
            return new Pickle().op(0x80).op(2).op(')').op('.').out.toByteArray();
        }

        private void value(Object value) {
            switch (value) {
                case Long number -> op('J').littleEndian(number, 4);
                case Boolean flag -> op(flag ? 0x88 : 0x89);
                case Double number -> op('G').bigEndian(Double.doubleToLongBits(number));
                case EmptyList list ->
                    global("torch.jit._pickle", list.builder()).op(']').op(0x85).op('R');
                default -> throw new IllegalArgumentException("cannot pickle " + value);
            }
        }

        private Pickle global(String module, String name) {
            op('c').out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        private Pickle text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            op('X').littleEndian(utf8.length, 4).out.writeBytes(utf8);
            return this;
        }

        private Pickle littleEndian(long value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                op((int) (value >>> (8 * i)) & 0xff);
            }
            return this;
        }

        private void bigEndian(long value) {
            for (int i = Long.BYTES - 1; i >= 0; i--) {
                op((int) (value >>> (8 * i)) & 0xff);
            }
        }

        private Pickle op(int code) {
            out.write(code);
            return this;
        }
    }
}
