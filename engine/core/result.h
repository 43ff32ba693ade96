// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "engine/core/error.h"

namespace cachescope {

namespace detail {
[[noreturn]] inline void valueOfFailure(const Error& error) {
    std::fprintf(stderr, "value() of a failed Result: %s\n", error.toLogLine().c_str());
    std::abort();
}
}  // namespace detail

/// Either a T or the Error that kept it from being made.
///
/// Converts from both, so that a function ends in `return value;` or `return Error{...};`. Asking a
/// failure for its value ends the process: check first. Not shared between threads by itself.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}
    /// Makes the value where it stays, for those that are costly to move.
    template <class... Arguments>
    explicit Result(std::in_place_t, Arguments&&... arguments)
        : m_state(std::in_place_index<0>, std::forward<Arguments>(arguments)...) {}

    bool ok() const noexcept { return m_state.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    T& value() & {
        require();
        return *std::get_if<0>(&m_state);
    }
    const T& value() const& {
        require();
        return *std::get_if<0>(&m_state);
    }
    T&& value() && {
        require();
        return std::move(*std::get_if<0>(&m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    /// Only on a failure.
    const Error& error() const { return std::get<1>(m_state); }

    T valueOr(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

private:
    void require() const {
        if (!ok()) {
            detail::valueOfFailure(error());
        }
    }

    std::variant<T, Error> m_state;
};

/// Success without a value, or the Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool ok() const noexcept { return !m_error.has_value(); }
    explicit operator bool() const noexcept { return ok(); }

    /// Ends the process on a failure, as Result<T>::value() does.
    void value() const {
        if (m_error) {
            detail::valueOfFailure(*m_error);
        }
    }

    /// Only on a failure.
    const Error& error() const { return m_error.value(); }

private:
    std::optional<Error> m_error;
};

}  // namespace cachescope
