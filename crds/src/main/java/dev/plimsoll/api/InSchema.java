package dev.plimsoll.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the CRD says of a field beyond what the generator's own annotations can say. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface InSchema {
    /** The only values that the API server admits. The type in Java is open: another version's CRD admits others. */
    String[] oneOf() default {};

    /** The list is a map for server-side apply, by this field of its items. */
    String key() default "";

    /** The list or map is replaced as a whole: it has one writer, or its order means something. */
    boolean atomic() default false;

    /** Most items of a list, or entries of a map. */
    long most() default 0;

    /** What each value of a map must match. */
    String matches() default "";

    /** Most characters of a string, or of each value of a map. */
    long longest() default 0;

    /** An object of which the schema says nothing: Kubernetes' own, judged where it is used. */
    boolean opaque() default false;

    /** As OpenAPI names it, such as {@code date-time}. */
    String format() default "";
}
