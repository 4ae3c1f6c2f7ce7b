package dev.plimsoll.server.foreign;

import java.lang.invoke.MethodHandle;

/**
 * A C function that returns an int. Every argument is passed as 64 bits, which is how the calling conventions of Linux
 * pass pointers, sizes and integers alike.
 */
public final class NativeFunction {
    private final String name;
    private final MethodHandle handle;
    private final MethodHandle spreading;

    NativeFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle;
        this.spreading = handle.asSpreader(long[].class, handle.type().parameterCount());
    }

    public String name() {
        return name;
    }

    public int call() {
        try {
            return (int) handle.invokeExact();
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public int call(long a) {
        try {
            return (int) handle.invokeExact(a);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public int call(long a, long b) {
        try {
            return (int) handle.invokeExact(a, b);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public int call(long a, long b, long c) {
        try {
            return (int) handle.invokeExact(a, b, c);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public int call(long a, long b, long c, long d) {
        try {
            return (int) handle.invokeExact(a, b, c, d);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public int call(long a, long b, long c, long d, long e, long f, long g, long h, long i) {
        try {
            return (int) handle.invokeExact(a, b, c, d, e, f, g, h, i);
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    @SuppressWarnings("TooManyParameters")
    public int call(
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h,
            long i,
            long j,
            long k,
            long l,
            long m,
            long n,
            long o,
            long p) {
        try {
            return (int) handle.invokeExact(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    /** Any number of arguments. */
    public int callAll(long... arguments) {
        try {
            return (int) spreading.invokeExact(arguments);
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    private IllegalStateException failed(Throwable cause) {
        return new IllegalStateException(name + " could not be called", cause);
    }
}
