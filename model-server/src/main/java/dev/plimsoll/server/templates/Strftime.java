package dev.plimsoll.server.templates;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code datetime.now().strftime(format)} in the C locale, without a time zone. */
final class Strftime {
    private Strftime() {}

    static String format(String format, LocalDateTime now, Budget budget) {
        Output out = new Output(budget);
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%' || at == format.length()) {
                out.append(c);
                continue;
            }
            boolean flagged = "-_0^#".indexOf(format.charAt(at)) >= 0 && at + 1 < format.length();
            char flag = flagged ? format.charAt(at++) : ' ';
            out.append(flagged(flag, directive(format.charAt(at++), now)));
        }
        return out.toString();
    }

    private static String flagged(char flag, String text) {
        return switch (flag) {
            case '-' -> text.length() > 1 && text.startsWith("0") ? flagged('-', text.substring(1)) : text.strip();
            case '_' -> text.length() > 1 && text.startsWith("0") ? " " + text.substring(1) : text;
            case '^' -> text.toUpperCase(Locale.ROOT);
            default -> text;
        };
    }

    private static String directive(char directive, LocalDateTime now) {
        int hour12 = now.getHour() % 12 == 0 ? 12 : now.getHour() % 12;
        int sunday0 = now.getDayOfWeek().getValue() % 7;
        int dayOfYear = now.getDayOfYear();
        return switch (directive) {
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> directives("a b e H:M:S Y", now);
            case 'C' -> two(now.getYear() / 100);
            case 'd' -> two(now.getDayOfMonth());
            case 'D', 'x' -> directives("m/d/y", now);
            case 'e' -> spaced(now.getDayOfMonth());
            case 'f' -> String.format(Locale.ROOT, "%06d", now.getNano() / 1000);
            case 'F' -> directives("Y-m-d", now);
            case 'G' -> Integer.toString(now.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(now.getHour());
            case 'I' -> two(hour12);
            case 'j' -> String.format(Locale.ROOT, "%03d", dayOfYear);
            case 'k' -> spaced(now.getHour());
            case 'l' -> spaced(hour12);
            case 'm' -> two(now.getMonthValue());
            case 'M' -> two(now.getMinute());
            case 'n' -> "\n";
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'P' -> now.getHour() < 12 ? "am" : "pm";
            case 'r' -> directives("I:M:S p", now);
            case 'R' -> directives("H:M", now);
            case 's' -> Long.toString(ChronoUnit.SECONDS.between(LocalDateTime.of(1970, 1, 1, 0, 0), now));
            case 'S' -> two(now.getSecond());
            case 't' -> "\t";
            case 'T', 'X' -> directives("H:M:S", now);
            case 'u' -> Integer.toString(now.getDayOfWeek().getValue());
            case 'U' -> two((dayOfYear + 6 - sunday0) / 7);
            case 'V' -> two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> Integer.toString(sunday0);
            case 'W' -> two((dayOfYear + 6 - (sunday0 + 6) % 7) / 7);
            case 'y' -> two(now.getYear() % 100);
            case 'Y' -> Integer.toString(now.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static String directives(String letters, LocalDateTime now) {
        StringBuilder out = new StringBuilder();
        letters.chars()
                .forEach(c -> out.append(Character.isLetter(c) ? directive((char) c, now) : String.valueOf((char) c)));
        return out.toString();
    }

    private static String two(int number) {
        return String.format(Locale.ROOT, "%02d", number);
    }

    private static String spaced(int number) {
        return String.format(Locale.ROOT, "%2d", number);
    }
}
