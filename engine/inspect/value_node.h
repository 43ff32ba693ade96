// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cachescope::inspect {

/// How much is made of one value at most.
struct ValueLimits {
    std::size_t outputBytes = std::size_t{4} << 20;  ///< out of one layer of compression
    std::size_t nodes = 20'000;
    std::size_t textBytes = std::size_t{1} << 20;  ///< of all texts and names together
    unsigned depth = 64;                           ///< of nodes in each other
    unsigned steps = 4;                            ///< layers of compression
};

/// One value of a decoded structure, and what lies in it.
///
/// A value type, never deeper than ValueLimits::depth. `text` and `name` come from outside: show
/// them as plain text. Knows nothing of the format that it came from.
struct ValueNode {
    enum class Kind : std::uint8_t {
        null,
        boolean,    ///< text is "true" or "false"
        number,     ///< as text, in full
        text,       ///< UTF-8
        bytes,      ///< anything: text holds them as they are
        list,       ///< children without names; text is its class where it has one ("tuple")
        map,        ///< children with names
        object,     ///< of the class `text`, its fields or arguments as children
        reference,  ///< to something that was shown before; text says to what
    };

    Kind kind = Kind::null;
    bool isCut = false;  ///< text, or the list of children, is only its beginning
    std::string name;    ///< in a map or an object
    std::string text;
    std::vector<ValueNode> children;
};

/// A node in at most `most` bytes, for places with little room: `{…}` where it has children.
std::string briefText(const ValueNode& node, std::size_t most = 64);

/// Whether bytes are UTF-8 in which every code point is allowed.
bool isUtf8(std::string_view bytes) noexcept;

}  // namespace cachescope::inspect
