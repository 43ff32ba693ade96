// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/bytes.h"

namespace cachescope {

/// Builds the text of a cache key: a readable name and the arguments with their types, as in
/// `get_user(42,"de",[1,2])`.
///
/// Two argument lists give the same text only if they are equal, type by type: 1, "1", true, 1.0,
/// [1] and (1) all differ. The text does not depend on the process, the platform or the order in an
/// unordered container, so that processes can share a store. Make a type of your own usable by a
/// function `void appendKey(KeyWriter&, const T&)` beside it. One thread.
class KeyWriter {
public:
    void raw(std::string_view text) { m_text += text; }
    void integer(std::int64_t value);
    void natural(std::uint64_t value);
    void number(double value);
    void boolean(bool value) { m_text += value ? "true" : "false"; }
    /// In quotes, with everything escaped that could end or confuse them.
    void text(std::string_view value, char quote = '"');

    const std::string& result() const noexcept { return m_text; }

private:
    std::string m_text;
};

namespace detail {

template <class T>
concept HasAppendKey = requires(KeyWriter& writer, const T& value) {
    appendKey(writer, value);
};

template <class T, template <class...> class Template>
inline constexpr bool kIsA = false;
template <template <class...> class Template, class... Args>
inline constexpr bool kIsA<Template<Args...>, Template> = true;

template <class T>
inline constexpr bool kAlwaysFalse = false;

template <class T>
concept MapLike = requires {
    typename T::key_type;
    typename T::mapped_type;
};
template <class T>
concept SetLike = requires {
    typename T::key_type;
}
&&!MapLike<T>;
template <class T>
concept Range = requires(const T& value) {
    value.begin();
    value.end();
};

template <class T>
void writeKey(KeyWriter& writer, const T& value);

template <class T>
std::string keyText(const T& value) {
    KeyWriter writer;
    writeKey(writer, value);
    return writer.result();
}

template <class Tuple>
void writeTuple(KeyWriter& writer, const Tuple& value) {
    writer.raw("(");
    bool first = true;
    std::apply(
        [&](const auto&... item) {
            ((writer.raw(std::exchange(first, false) ? "" : ","), writeKey(writer, item)), ...);
        },
        value);
    writer.raw(")");
}

// Sorted by text, so that unordered containers give the same key everywhere.
inline void writeSorted(KeyWriter& writer, std::vector<std::string> items) {
    std::sort(items.begin(), items.end());
    writer.raw("{");
    for (std::size_t i = 0; i < items.size(); ++i) {
        writer.raw(i == 0 ? "" : ",");
        writer.raw(items[i]);
    }
    writer.raw("}");
}

template <class T>
void writeKey(KeyWriter& writer, const T& value) {
    if constexpr (HasAppendKey<T>) {
        appendKey(writer, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        writer.boolean(value);
    } else if constexpr (std::is_same_v<T, char>) {
        writer.text(std::string_view{&value, 1}, '\'');
    } else if constexpr (std::is_enum_v<T>) {
        writer.raw("#");
        writeKey(writer, static_cast<std::int64_t>(value));
    } else if constexpr (std::unsigned_integral<T>) {
        writer.natural(value);
    } else if constexpr (std::integral<T>) {
        writer.integer(value);
    } else if constexpr (std::floating_point<T>) {
        writer.number(static_cast<double>(value));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        writer.text(value);
    } else if constexpr (std::is_same_v<T, Bytes>) {
        writer.raw("b");
        writer.text(value.view());
    } else if constexpr (std::is_same_v<T, std::nullopt_t> || std::is_same_v<T, std::monostate>) {
        writer.raw("none");
    } else if constexpr (kIsA<T, std::optional>) {
        writer.raw(value ? "some(" : "none");
        if (value) {
            writeKey(writer, *value);
            writer.raw(")");
        }
    } else if constexpr (kIsA<T, std::variant>) {
        writer.raw("alt");
        writer.natural(value.index());
        writer.raw(":");
        std::visit([&](const auto& item) { writeKey(writer, item); }, value);
    } else if constexpr (kIsA<T, std::chrono::duration>) {
        writer.integer(std::chrono::duration_cast<std::chrono::nanoseconds>(value).count());
        writer.raw("ns");
    } else if constexpr (kIsA<T, std::tuple> || kIsA<T, std::pair>) {
        writeTuple(writer, value);
    } else if constexpr (MapLike<T>) {
        std::vector<std::string> items;
        for (const auto& [key, mapped] : value) {
            items.push_back(keyText(key) + ':' + keyText(mapped));
        }
        writeSorted(writer, std::move(items));
    } else if constexpr (SetLike<T>) {
        std::vector<std::string> items;
        for (const auto& item : value) {
            items.push_back(keyText(item));
        }
        writeSorted(writer, std::move(items));
    } else if constexpr (Range<T>) {
        writer.raw("[");
        bool first = true;
        for (const auto& item : value) {
            writer.raw(std::exchange(first, false) ? "" : ",");
            writeKey<std::decay_t<decltype(item)>>(writer, item);
        }
        writer.raw("]");
    } else {
        static_assert(
            kAlwaysFalse<T>,
            "This argument type cannot be part of a key. Give it an appendKey() function, "
            "or leave it out of the key with a selector.");
    }
}

}  // namespace detail

/// What a result depends on besides the arguments, by name: who asks, in which language, for which
/// customer. CachedOptions::varyBy fills it at each call.
///
/// In the key the parts follow the arguments, as in `page(42){"lang":"de","user":7}`, each with its
/// type, sorted, so that it does not matter in which order they were added. A part that was not
/// added, an empty text, and an optional without a value are three keys. One thread.
class KeyParts {
public:
    template <class T>
    KeyParts& add(std::string_view name, const T& value) {
        KeyWriter writer;
        writer.text(name);
        writer.raw(":");
        detail::writeKey(writer, value);
        m_parts.push_back(writer.result());
        return *this;
    }
    void appendTo(KeyWriter& writer) const { detail::writeSorted(writer, m_parts); }

private:
    std::vector<std::string> m_parts;
};

/// `name(arguments)` as KeyWriter writes it. The name must hold no parenthesis.
template <class... Args>
std::string makeKey(std::string_view name, const Args&... args) {
    KeyWriter writer;
    writer.raw(name);
    detail::writeTuple(writer, std::tuple<const Args&...>(args...));
    return writer.result();
}

}  // namespace cachescope
