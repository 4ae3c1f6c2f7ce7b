package dev.plimsoll.operator.reports;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a record that was read from JSON has everything that its type says is never null: JSON may leave out anything,
 * and whoever reads the record afterwards relies on its type.
 */
final class Completeness {
    private static final ClassValue<List<RecordComponent>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<RecordComponent> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(component -> !component.getType().isPrimitive())
                    .toList();
        }
    };

    private Completeness() {}

    /** The first component that is null and must not be, as a path such as {@code load.source}. */
    static Optional<String> missing(Record record) {
        return missing(record, "");
    }

    private static Optional<String> missing(Record record, String path) {
        for (RecordComponent component : COMPONENTS.get(record.getClass())) {
            String name = path.isEmpty() ? component.getName() : path + "." + component.getName();
            Object value = value(record, component);
            Optional<String> missing =
                    value == null ? Optional.of(name).filter(unused -> !mayBeNull(component)) : inside(value, name);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inside(Object value, String path) {
        if (value instanceof Record record) {
            return missing(record, path);
        }
        if (value instanceof Collection<?> values) {
            for (Object one : values) {
                Optional<String> missing = one == null ? Optional.of(path) : inside(one, path);
                if (missing.isPresent()) {
                    return missing;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean mayBeNull(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }
}
