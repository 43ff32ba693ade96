// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "engine/cache/cache.h"
#include "engine/cache/default_cache.h"
#include "engine/cache/key.h"
#include "engine/cache/value_codec.h"
#include "engine/core/glob.h"

namespace cachescope {

/// How a handler is cached.
struct CachedOptions {
    /// What the handler is called in keys: "get_user". Needed; holds no parenthesis.
    std::string name{};
    /// Nothing: kept for ever. Zero: never stored. Negative: refused by cached().
    std::optional<Duration> ttl{};
    bool singleFlight = true;
    /// Raise it when the meaning of the handler's result changes: old entries are then not found.
    int schema = 0;
    /// A handler with state (a capturing lambda, a bound method, a std::function) must name it
    /// here, because the arguments alone do not decide its result: "tenant=7".
    std::string state{};
    /// Null: the default cache at the time of cached().
    std::shared_ptr<Cache> cache{};
};

/// Thrown to a caller whose call can never be served: the handler called itself, with the same
/// arguments, through the cache. The only exception that is ours; what a handler throws passes
/// through to everybody who waited for it.
class ReentrantCall : public std::logic_error {
public:
    explicit ReentrantCall(const std::string& key)
        : std::logic_error("the load of " + key + " waits for itself") {}
};

namespace detail {

template <class T>
struct ResultOf {
    using Value = T;
    static constexpr bool kIsResult = false;
};
template <class T>
struct ResultOf<Result<T>> {
    using Value = T;
    static constexpr bool kIsResult = true;
};

/// The key of all arguments; a selector replaces it.
struct AllArguments {
    template <class... Args>
    std::tuple<const Args&...> operator()(const Args&... args) const {
        return {args...};
    }
};

template <class Signature>
struct SignatureOf;
template <class R, class... Args>
struct SignatureOf<std::function<R(Args...)>> {
    using Return = R;
    using Arguments = std::tuple<std::decay_t<Args>...>;
};

}  // namespace detail

/// A handler behind a cache, called like the handler itself. Made by cached().
///
/// A hit returns a value of the very type that the handler returns. Values are cached, empty ones
/// too; what the handler throws or, where it returns a Result, fails with is not cached and reaches
/// every caller that waited for it. A failing backend or an undecodable entry makes the call run
/// the handler. Copies share the cache and the counters. Any thread, if the handler may be called
/// from any.
template <class Handler, class Selector>
class CachedFunction {
    using Signature = detail::SignatureOf<decltype(std::function{std::declval<Handler>()})>;
    using Return = typename Signature::Return;
    using Value = typename detail::ResultOf<std::decay_t<Return>>::Value;
    static constexpr bool kReturnsResult = detail::ResultOf<std::decay_t<Return>>::kIsResult;
    static_assert(!std::is_void_v<Return>, "A handler that returns nothing cannot be cached.");
    static_assert(!std::is_reference_v<Return> && !std::is_pointer_v<Value>,
                  "A cached handler returns a value: what it points to would not be cached.");

public:
    CachedFunction(Handler handler, CachedOptions options, Selector selector)
        : m_handler(std::move(handler)),
          m_selector(std::move(selector)),
          m_cache(options.cache ? std::move(options.cache) : defaultCache()),
          m_options{.ttl = options.ttl, .singleFlight = options.singleFlight},
          m_name(std::move(options.name)),
          m_stats(std::make_shared<Stats>()) {
        if (options.schema != 0) {
            m_name += "@v" + std::to_string(options.schema);
        }
        if (!options.state.empty()) {
            m_name += '[' + options.state + ']';
        }
    }

    template <class... Args>
    Return operator()(Args&&... args) const {
        // The handler's own parameter types decide the key: f(1) and f(1L) are one call.
        const typename Signature::Arguments arguments(std::forward<Args>(args)...);
        return std::apply([this](const auto&... a) { return call(a...); }, arguments);
    }

    /// The key under which these arguments are cached.
    template <class... Args>
    std::string key(Args&&... args) const {
        const typename Signature::Arguments arguments(std::forward<Args>(args)...);
        return std::apply([this](const auto&... a) { return keyOf(a...); }, arguments);
    }

    /// Forgets the result for these arguments, or for all; how many entries went.
    template <class... Args>
    Result<std::uint64_t> invalidate(Args&&... args) const {
        return m_cache->invalidate(key(std::forward<Args>(args)...));
    }
    Result<std::uint64_t> invalidateAll() const { return m_cache->invalidatePrefix(m_name + '('); }

    /// Hits, misses, coalesced, loads and load failures of this handler alone.
    StatsSnapshot stats() const noexcept { return m_stats->snapshot(); }
    Cache& cache() const noexcept { return *m_cache; }

private:
    template <class... Args>
    std::string keyOf(const Args&... args) const {
        KeyWriter writer;
        writer.raw(m_name);
        const auto selected = m_selector(args...);
        using Selected = std::decay_t<decltype(selected)>;
        if constexpr (detail::kIsA<Selected, std::tuple>) {
            detail::writeTuple(writer, selected);
        } else {
            detail::writeTuple(writer, std::tuple<const Selected&>(selected));
        }
        return writer.result();
    }

    // What the handler gave to this call itself, so that it need not be decoded again.
    struct Own {
        std::optional<Value> value;
        std::optional<Error> failure;
    };

    template <class... Args>
    Return call(const Args&... args) const {
        const std::string key = keyOf(args...);
        Own own;
        const auto loading = [&] { return load(own, args...); };
        // By reference, because a std::function of that size would allocate at each call.
        const auto fetched = m_cache->fetchBlocking(key, m_options, std::ref(loading));
        if (own.value) {
            m_stats->count(Counter::misses);
            return std::move(*own.value);
        }
        if (!fetched.ok()) {
            m_stats->count(Counter::misses);
            if (fetched.error().code() == ErrorCode::unsupported) {
                return m_handler(args...);  // another caller's result could not be encoded for us
            }
            return failed(fetched.error(), key);
        }
        m_stats->count(fetched->source == Source::stored ? Counter::hits : Counter::misses);
        if (fetched->source == Source::waited) {
            m_stats->count(Counter::coalesced);
        }
        auto decoded = ValueCodec<Value>::decode(fetched->entry.value);
        if (decoded.ok()) {
            return std::move(*decoded);
        }
        // Of another time or another program: forget it, so that the next call stores a good one.
        (void)m_cache->invalidate(key);
        return m_handler(args...);
    }

    template <class... Args>
    LoadResult load(Own& own, const Args&... args) const {
        m_stats->count(Counter::loads);
        try {
            if constexpr (kReturnsResult) {
                auto result = m_handler(args...);
                if (!result.ok()) {
                    m_stats->count(Counter::loadFailures);
                    return result.error();
                }
                own.value.emplace(std::move(*result));
            } else {
                own.value.emplace(m_handler(args...));
            }
        } catch (...) {
            m_stats->count(Counter::loadFailures);
            return Error{ErrorCode::loadFailed, m_name}.carrying(std::current_exception());
        }
        auto encoded = ValueCodec<Value>::encode(*own.value);
        if (!encoded.ok()) {
            return encoded.error();
        }
        return Loaded{std::move(*encoded)};
    }

    Return failed(const Error& error, const std::string& key) const {
        if (error.exception()) {
            std::rethrow_exception(error.exception());
        }
        if constexpr (kReturnsResult) {
            return error;
        } else {
            throw ReentrantCall(key);
        }
    }

    Handler m_handler;
    Selector m_selector;
    std::shared_ptr<Cache> m_cache;
    CacheOptions m_options;
    std::string m_name;
    std::shared_ptr<Stats> m_stats;
};

/// Puts `handler` behind a cache: the `@cache(ttl=…)` of C++.
///
///     auto getUser = cached(loadUser, {.name = "get_user", .ttl = 5min}).value();
///     User user = getUser(42);
///
/// The key is the name and all arguments with their types. `selector`, if given, is called with the
/// arguments and returns what the key is made of instead: leave out what does not change the
/// result, never what does. Errors: missing without a name, outOfRange for a negative TTL or a
/// parenthesis in the name, missing for a handler with state that is not named.
template <class Handler, class Selector = detail::AllArguments>
Result<CachedFunction<std::decay_t<Handler>, Selector>> cached(Handler&& handler,
                                                               CachedOptions options,
                                                               Selector selector = {}) {
    using Plain = std::decay_t<Handler>;
    if (options.name.empty()) {
        return Error{ErrorCode::missing, "name", "a name for the handler's keys"};
    }
    if (options.name.find_first_of("()") != std::string::npos) {
        return Error{ErrorCode::outOfRange, "name", "a name without parentheses"};
    }
    if (const auto valid = validate({.ttl = options.ttl, .singleFlight = options.singleFlight});
        !valid) {
        return valid.error();
    }
    constexpr bool kStateless =
        std::is_empty_v<Plain> ||
        (std::is_pointer_v<Plain> && std::is_function_v<std::remove_pointer_t<Plain>>);
    if (!kStateless && options.state.empty()) {
        return Error{ErrorCode::missing, "state",
                     "a name for what the handler captures, because its result depends on it"};
    }
    return CachedFunction<Plain, Selector>(std::forward<Handler>(handler), std::move(options),
                                           std::move(selector));
}

}  // namespace cachescope
