package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;

/** Takes the texts of options apart. */
public final class OptionValues {
    private OptionValues() {}

    /**
     * The pieces of a text of parameters: {@code a=1}.
     *
     * @param text the text
     * @return the pieces that are not blank
     */
    public static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int equals = text.indexOf('=', from);
            int comma = text.indexOf(',', from);
            boolean hasValue = equals >= 0 && (comma < 0 || equals < comma);
            int end = text.indexOf(',', hasValue ? endOfNested(text, equals + 1) : from);
            String item = text.substring(from, end < 0 ? text.length() : end).strip();
            if (!item.isEmpty()) {
                items.add(item);
            }
            from = end < 0 ? text.length() : end + 1;
        }
        return items;
    }

    /** The end of what brackets, braces or quotes at the beginning of a value enclose; the beginning if there are none. */
    private static int endOfNested(String text, int from) {
        int i = from;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        int open = 0;
        boolean startsItem = true;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c == '\'' || c == '"') && startsItem) {
                i = endOfQuoted(text, i);
            } else if (c == '[' || c == '{') {
                open++;
            } else if (c == ']' || c == '}') {
                open--;
            }
            startsItem = "[{,:".indexOf(c) >= 0 || (startsItem && Character.isWhitespace(c));
            if (open <= 0) {
                return i;
            }
        }
        return text.length();
    }

    private static int endOfQuoted(String text, int from) {
        char quote = text.charAt(from);
        int i = from + 1;
        while (i < text.length()) {
            boolean isDoubled = quote == '\'' && text.startsWith("''", i);
            if (text.charAt(i) == quote && !isDoubled) {
                return i;
            }
            i += isDoubled || (text.charAt(i) == '\\' && quote == '"') ? 2 : 1;
        }
        return text.length();
    }

    /**
     * The value of a parameter.
     *
     * @param key its key, for messages
     * @param text the value as it was given: YAML
     * @return the value
     * @throws CatalogException if it cannot be read
     */
    public static ConfigValue value(String key, String text) {
        try {
            Object plain = YamlReader.read(text, "--params", Quoting.VALUES).plain();
            return ConfigValue.of(plain, OptionKeys.position(key));
        } catch (CatalogException e) {
            throw new CatalogException(
                    "The runtime parameter '" + key + "' has a value that cannot be read: "
                            + e.problems().get(0).message().replaceFirst("^this is not valid YAML: ", "")
                            + " Quote a text that holds special characters: " + key + "='..'.",
                    e);
        }
    }

    /**
     * Names, separated by commas that do not stand in brackets.
     *
     * @param text the text
     * @return the names that are not empty
     * @throws CatalogException if brackets do not close
     */
    public static List<String> namesOfNodes(String text) {
        List<String> names = new ArrayList<>();
        int open = 0;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            open += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
            boolean isBalanced = i < text.length() ? open >= 0 : open == 0;
            if (!isBalanced) {
                throw new CatalogException("The list of names '" + text
                        + "' has a bracket without its counterpart. Close it, or quote the option.");
            }
            if (c == ',' && open == 0) {
                String name = text.substring(from, i).strip();
                if (!name.isEmpty()) {
                    names.add(name);
                }
                from = i + 1;
            }
        }
        return List.copyOf(names);
    }
}
