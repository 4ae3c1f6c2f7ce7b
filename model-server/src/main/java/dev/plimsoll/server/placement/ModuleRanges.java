package dev.plimsoll.server.placement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Modules as a person reads them: {@code model.layers.0-21} for what is numbered in a row. */
public final class ModuleRanges {
    private ModuleRanges() {}

    /** The same modules in the same order, with runs of consecutive numbers as one name. */
    public static List<String> fold(Iterable<String> modules) {
        List<String> folded = new ArrayList<>();
        Run run = null;
        for (String module : modules) {
            Run next = Run.of(module);
            if (run != null && next != null && run.continuedBy(next)) {
                run = new Run(run.parent, run.first, next.last);
                folded.set(folded.size() - 1, run.toString());
            } else {
                run = next;
                folded.add(module);
            }
        }
        return folded;
    }

    private record Run(String parent, int first, int last) {
        static @Nullable Run of(String module) {
            int dot = module.lastIndexOf('.');
            String number = module.substring(dot + 1);
            if (dot < 0 || !number.matches("0|[1-9][0-9]{0,5}")) {
                return null;
            }
            int index = Integer.parseInt(number);
            return new Run(module.substring(0, dot), index, index);
        }

        boolean continuedBy(Run next) {
            return parent.equals(next.parent) && next.first == last + 1;
        }

        @Override
        public String toString() {
            return parent + "." + first + "-" + last;
        }
    }
}
