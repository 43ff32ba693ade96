// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/inspect/value_reader.h"

namespace cachescope::inspect {

/// How the pages of one type are asked for, and what their replies mean. For value_reader.cpp.
///
/// Pure functions, any thread.
ValueType valueTypeOf(const std::string& typeName) noexcept;

/// The command that tells how long a value of this type is; not for `other`.
RedisCommand lengthCommand(ValueType type, const std::string& key);

/// The command for a page of `count` bytes or elements; not for `other`.
RedisCommand pageCommand(ValueType type, const std::string& key, const ValuePlace& from,
                         std::uint64_t count);

/// Fills bytes, elements and next of a page whose length is known from its reply. False for a reply
/// of another shape.
bool readPage(ValueType type, const ValuePlace& from, RedisReply reply, ValuePage& page);

}  // namespace cachescope::inspect
