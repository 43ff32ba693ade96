// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/bytes.h"
#include "engine/core/result.h"

namespace cachescope {

/// Turns values into the bytes that a backend keeps, and back to the same type.
///
/// Texts and Bytes are kept as they are, an optional with one byte in front, everything else as
/// CBOR (RFC 8949) through nlohmann/json, so that a type with to_json() and from_json() can be
/// cached as it is. Specialise it for a type that needs another form. No state; any thread.
template <class T>
struct ValueCodec {
    /// unsupported when the type's own conversion refuses the value.
    static Result<Bytes> encode(const T& value) {
        try {
            const auto packed = nlohmann::json::to_cbor(nlohmann::json(value));
            return Bytes{
                std::string_view{reinterpret_cast<const char*>(packed.data()), packed.size()}};
        } catch (const std::exception& failure) {
            return Error{ErrorCode::unsupported, "value", failure.what()};
        }
    }
    /// damaged when the bytes are not such a value, for example after its type changed.
    static Result<T> decode(const Bytes& bytes) {
        try {
            const std::string_view view = bytes.view();
            return nlohmann::json::from_cbor(view.begin(), view.end()).template get<T>();
        } catch (const std::exception& failure) {
            return Error{ErrorCode::damaged, "value", failure.what()};
        }
    }
};

template <>
struct ValueCodec<std::string> {
    static Result<Bytes> encode(const std::string& value) { return Bytes{value}; }
    static Result<std::string> decode(const Bytes& bytes) { return bytes.toString(); }
};

template <>
struct ValueCodec<Bytes> {
    static Result<Bytes> encode(const Bytes& value) { return value; }
    static Result<Bytes> decode(const Bytes& bytes) { return bytes; }
};

template <class T>
struct ValueCodec<std::optional<T>> {
    static Result<Bytes> encode(const std::optional<T>& value) {
        if (!value) {
            return Bytes{std::string_view{"\0", 1}};
        }
        auto inner = ValueCodec<T>::encode(*value);
        return inner.ok() ? Result<Bytes>{Bytes{'\1' + inner->toString()}} : inner;
    }
    static Result<std::optional<T>> decode(const Bytes& bytes) {
        const std::string_view view = bytes.view();
        if (view.empty() || static_cast<unsigned char>(view.front()) > 1) {
            return Error{ErrorCode::damaged, "value", "not an optional"};
        }
        if (view.front() == '\0') {
            return std::optional<T>{};
        }
        auto inner = ValueCodec<T>::decode(Bytes{view.substr(1)});
        if (!inner.ok()) {
            return inner.error();
        }
        return std::optional<T>{std::move(*inner)};
    }
};

}  // namespace cachescope
