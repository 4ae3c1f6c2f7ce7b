package dev.plimsoll.server.templates;

/** {@code filesizeformat}. */
final class FileSize {
    private FileSize() {}

    static String of(Value value, boolean binary) {
        Double parsed = value instanceof Value.Str str ? Numbers.parseReal(str.text()) : null;
        double bytes = parsed != null ? parsed : Numbers.isNumber(value) ? Numbers.real(value) : Double.NaN;
        if (Double.isNaN(bytes)) {
            throw TemplateException.type("filesizeformat needs a number, not " + Types.name(value));
        }
        int base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return (long) bytes + " Bytes";
        }
        String letters = binary ? "KMGTPEZY" : "kMGTPEZY";
        double unit = (double) base * base;
        int power = 0;
        while (bytes >= unit && power < letters.length() - 1) {
            unit *= base;
            power++;
        }
        return NumberFormat.real(base * bytes / unit, 'f', 1, false) + " " + letters.charAt(power)
                + (binary ? "iB" : "B");
    }
}
