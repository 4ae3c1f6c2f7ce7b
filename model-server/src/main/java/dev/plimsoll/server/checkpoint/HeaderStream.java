package dev.plimsoll.server.checkpoint;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** A range of a file as a stream, a piece at a time; what is read is digested on the way. */
final class HeaderStream extends InputStream {
    private static final int PIECE_BYTES = 64 << 10;

    private final TensorSource source;
    private final String file;
    private final MessageDigest digest;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).limit(0);
    private long position;
    private long left;

    HeaderStream(TensorSource source, String file, long position, long bytes, MessageDigest digest) {
        this.source = source;
        this.file = file;
        this.position = position;
        this.left = bytes;
        this.digest = digest;
    }

    @Override
    public int read() {
        return fill() ? Byte.toUnsignedInt(piece.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.remaining());
        piece.get(target, offset, count);
        return count;
    }

    private boolean fill() {
        if (piece.hasRemaining()) {
            return true;
        }
        if (left == 0) {
            return false;
        }
        piece.clear().limit((int) Math.min(left, PIECE_BYTES));
        source.read(file, position, piece);
        piece.flip();
        position += piece.remaining();
        left -= piece.remaining();
        digest.update(piece.duplicate());
        return true;
    }
}
