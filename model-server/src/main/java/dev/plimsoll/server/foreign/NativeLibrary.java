package dev.plimsoll.server.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A shared library, open for as long as the process runs. */
public final class NativeLibrary {
    private final String name;
    private final SymbolLookup symbols;

    private NativeLibrary(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /** A library that the dynamic linker finds by name; empty when it finds none. */
    public static Optional<NativeLibrary> find(String name) {
        try {
            return Optional.of(new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * A library's file.
     *
     * @throws IllegalArgumentException when it cannot be loaded
     */
    public static NativeLibrary open(Path file) {
        return new NativeLibrary(file.toString(), SymbolLookup.libraryLookup(file, Arena.global()));
    }

    /** Whether it has a function of that name. */
    public boolean has(String symbol) {
        return symbols.find(symbol).isPresent();
    }

    /**
     * A function that returns an int and whose arguments take a register each: pointers, sizes, handles and integers.
     *
     * @throws UnsatisfiedLinkError when the library has none of that name
     */
    public NativeFunction function(String symbol, int arguments) {
        MemoryLayout[] layouts = new MemoryLayout[arguments];
        Arrays.fill(layouts, ValueLayout.JAVA_LONG);
        return new NativeFunction(
                symbol,
                Linker.nativeLinker()
                        .downcallHandle(
                                symbols.find(symbol)
                                        .orElseThrow(() -> new UnsatisfiedLinkError(name + " has no " + symbol)),
                                FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts)));
    }
}
