package dev.plimsoll.server.templates;

import java.util.function.IntPredicate;

/** What the characters of a text are, as the methods of {@code str} say whose names begin with {@code is}. */
record CharacterKinds(String text) {
    /** What a method whose name begins with {@code is} says. */
    boolean are(String name) {
        return switch (name) {
            case "isascii" -> text.chars().allMatch(c -> c < 0x80);
            case "isprintable" -> text.codePoints().allMatch(Characters::isPrintable);
            case "isidentifier" -> Characters.isIdentifier(text);
            case "islower" -> isCase(point -> Character.isUpperCase(point) || Character.isTitleCase(point));
            case "isupper" -> isCase(point -> Character.isLowerCase(point) || Character.isTitleCase(point));
            case "istitle" -> isTitle();
            default -> !text.isEmpty() && text.codePoints().allMatch(ofKind(name));
        };
    }

    private static IntPredicate ofKind(String name) {
        return switch (name) {
            case "isalpha" -> Character::isLetter;
            case "isalnum" -> point -> Character.isLetter(point) || Characters.isDigit(point) || isNumeric(point);
            case "isdecimal" -> Character::isDigit;
            case "isdigit" -> Characters::isDigit;
            case "isnumeric" -> CharacterKinds::isNumeric;
            default -> Characters::isSpace;
        };
    }

    private static boolean isNumeric(int point) {
        int type = Character.getType(point);
        return Characters.isDigit(point) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    private boolean isCase(IntPredicate other) {
        return text.codePoints().anyMatch(Characters::isCased)
                && text.codePoints().noneMatch(other);
    }

    private boolean isTitle() {
        boolean cased = false;
        boolean any = false;
        for (int point : text.codePoints().toArray()) {
            boolean upper = Character.isUpperCase(point) || Character.isTitleCase(point);
            if ((upper && cased) || (Character.isLowerCase(point) && !cased)) {
                return false;
            }
            cased = Characters.isCased(point);
            any |= cased;
        }
        return any;
    }
}
