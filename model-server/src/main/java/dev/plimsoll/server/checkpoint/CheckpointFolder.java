package dev.plimsoll.server.checkpoint;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in a folder of this machine. No name leads out of it; links lead as far as its {@link CheckpointRoot}
 * allows.
 */
final class CheckpointFolder implements CheckpointStore {
    private final Path folder;
    private final CheckpointRoot root;

    private CheckpointFolder(Path folder, CheckpointRoot root) {
        this.folder = folder;
        this.root = root;
    }

    static CheckpointFolder open(Path folder) {
        return open(folder, System.getenv(CheckpointRoot.VARIABLE));
    }

    /**
     * Opens a folder.
     *
     * @param root how far links may lead, as the user declares it; null for the default
     */
    static CheckpointFolder open(Path folder, @Nullable String root) {
        if (!Files.isDirectory(folder)) {
            throw new PlimsollException(
                    Reason.ModelNotFound,
                    Files.exists(folder)
                            ? folder + " is not a folder: name the folder that holds config.json and *.safetensors"
                            : folder + " does not exist: check the path of model.uri and what the volume holds");
        }
        try {
            return new CheckpointFolder(folder.toAbsolutePath().normalize(), CheckpointRoot.of(folder, root));
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public List<String> list() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot list " + folder + ": " + e, e);
        }
    }

    @Override
    public boolean has(String file) {
        return Files.exists(inside(file));
    }

    @Override
    public byte @Nullable [] small(String file, int maxBytes) {
        Path path = inside(file);
        if (!Files.exists(path)) {
            return null;
        }
        try {
            Path real = path.toRealPath();
            if (!root.holds(real)) {
                throw InvalidCheckpoint.in(
                        file,
                        "a link to " + real + ", outside " + root.path(),
                        "copy the file into the folder, or name with " + CheckpointRoot.VARIABLE
                                + " the folder that links may lead into");
            }
            if (!Files.isRegularFile(real)) {
                throw InvalidCheckpoint.in(file, "not a regular file");
            }
            return read(file, real, maxBytes);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** One byte more than allowed is enough to know: the file may grow while it is read. */
    private static byte[] read(String file, Path real, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(real)) {
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw InvalidCheckpoint.in(
                        file,
                        "larger than the " + maxBytes + " bytes that it may have",
                        "use the file that belongs to the model");
            }
            return bytes;
        }
    }

    @Override
    public TensorSource open(Collection<String> files, Reads reads) {
        for (String file : files) {
            if (!Files.isRegularFile(inside(file))) {
                throw InvalidCheckpoint.in(file, "the shard is missing from " + folder);
            }
        }
        return new LocalTensorSource(folder, files, reads);
    }

    /** The path of a file whose name stays in the folder. */
    private Path inside(String name) {
        try {
            Path path = folder.resolve(name).normalize();
            if (path.startsWith(folder)
                    && !path.equals(folder)
                    && !Path.of(name).isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw InvalidCheckpoint.in(name, "not a file name", e);
        }
        throw new PlimsollException(
                Reason.InvalidCheckpoint,
                "'" + name + "' is outside its folder: no file outside is ever read; use an index that names files"
                        + " beside it");
    }

    private static PlimsollException failed(Path path, IOException e) {
        return new PlimsollException(
                Reason.ReadFailed, "cannot read " + path + ": " + e + "; check the permissions of the volume", e);
    }
}
