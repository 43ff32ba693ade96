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
#include <vector>

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
    /// How long its results are fresh, and all else that a Cache can do for them.
    CacheOptions options{};
    /// Raise it when the meaning of the handler's result changes: old entries are then not found.
    int schema = 0;
    /// A handler with state (a capturing lambda, a bound method, a std::function) must name it
    /// here, because the arguments alone do not decide its result: "tenant=7".
    std::string state{};
    /// Null: the default cache at the time of cached().
    std::shared_ptr<Cache> cache{};
    /// Adds to the key what else the result depends on, beside all arguments or what a selector
    /// made of them: `[](KeyParts& parts) { parts.add("user", currentUser()); }`. Called by each
    /// call, on the caller's thread, and by key() and invalidate(). Where
    /// options.loadsInBackground(), the handler may run on another thread: what belongs to a thread
    /// must reach it as an argument.
    std::function<void(KeyParts&)> varyBy{};
};

/// What a handler may return instead of a plain T, to say how just this result is to be kept. The
/// cached function returns the T.
template <class T>
struct Cacheable {
    T value;
    std::optional<Duration> ttl{};    ///< instead of that of the options; zero: not stored
    std::vector<std::string> tags{};  ///< beside those of the options
    bool store = true;
};

/// Thrown to a caller who gets no value although the handler threw nothing at him: the handler
/// called itself with the same arguments (reentrantLoad), did not end within the hard time-out
/// (timedOut), or failed lately and the failure is remembered (loadFailed). The only exception that
/// is ours; what a handler throws passes through to everybody who waited for it. Where a handler
/// returns a Result, the error comes as one.
class NotServed : public std::runtime_error {
public:
    NotServed(const std::string& key, Error error)
        : std::runtime_error(key + ": " + errorCodeName(error.code()) +
                             (error.detail().empty() ? "" : ": " + error.detail())),
          m_error(std::move(error)) {}

    const Error& error() const noexcept { return m_error; }

private:
    Error m_error;
};

namespace detail {

/// What is in a handler's return type, from the inside out.
template <class T>
struct ResultOf {
    using Value = T;
    using Plain = T;
    static constexpr bool kIsResult = false;
    static constexpr bool kIsCacheable = false;
};
template <class T>
struct ResultOf<Cacheable<T>> {
    using Value = T;
    using Plain = T;
    static constexpr bool kIsResult = false;
    static constexpr bool kIsCacheable = true;
};
template <class T>
struct ResultOf<Result<T>> {
    using Value = typename ResultOf<T>::Value;
    using Plain = Result<Value>;
    static constexpr bool kIsResult = true;
    static constexpr bool kIsCacheable = ResultOf<T>::kIsCacheable;
};

template <class T>
constexpr bool isEmptyAnswer(const T&) {
    return false;
}
template <class T>
constexpr bool isEmptyAnswer(const std::optional<T>& value) {
    return !value.has_value();
}

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
/// A hit returns a value of the very type that the handler returns (the T of a Cacheable<T>).
/// Values are cached, empty ones too: a std::optional without a value is an empty answer
/// (negativeTtl). What the handler throws or, where it returns a Result, fails with is not cached
/// unless options.errorTtl says so, and reaches every caller that waited for it. A failing backend
/// or an undecodable entry makes the call run the handler. Where options.loadsInBackground(), the
/// handler may run on a thread of the cache, with copies of the arguments. Copies share the
/// handler, the cache and the counters. Any thread, if the handler may be called from any.
template <class Handler, class Selector>
class CachedFunction {
    using Signature = detail::SignatureOf<decltype(std::function{std::declval<Handler>()})>;
    using Arguments = typename Signature::Arguments;
    using Parts = detail::ResultOf<std::decay_t<typename Signature::Return>>;
    using Value = typename Parts::Value;
    using Return = typename Parts::Plain;
    static_assert(!std::is_void_v<typename Signature::Return>,
                  "A handler that returns nothing cannot be cached.");
    static_assert(!std::is_reference_v<typename Signature::Return> && !std::is_pointer_v<Value>,
                  "A cached handler returns a value: what it points to would not be cached.");

public:
    CachedFunction(Handler handler, CachedOptions options, Selector selector)
        : m_selector(std::move(selector)),
          m_cache(options.cache ? std::move(options.cache) : defaultCache()),
          m_options(std::make_shared<const CacheOptions>(std::move(options.options))) {
        std::string name = std::move(options.name);
        if (options.schema != 0) {
            name += "@v" + std::to_string(options.schema);
        }
        if (!options.state.empty()) {
            name += '[' + options.state + ']';
        }
        m_work =
            std::make_shared<Work>(std::move(handler), std::move(name), std::move(options.varyBy));
    }

    template <class... Args>
    Return operator()(Args&&... args) const {
        // The handler's own parameter types decide the key: f(1) and f(1L) are one call.
        const Arguments arguments(std::forward<Args>(args)...);
        return call(arguments);
    }

    /// The key under which these arguments are cached, at this moment where there is a varyBy.
    template <class... Args>
    std::string key(Args&&... args) const {
        return keyOf(Arguments(std::forward<Args>(args)...));
    }

    /// Forgets the result for these arguments (with a varyBy, that of the present parts), or for
    /// all; how many entries went.
    template <class... Args>
    Result<std::uint64_t> invalidate(Args&&... args) const {
        return cache().invalidate(key(std::forward<Args>(args)...));
    }
    Result<std::uint64_t> invalidateAll() const {
        return cache().invalidatePrefix(m_work->name + '(');
    }

    /// Hits, misses, coalesced, loads and load failures of this handler alone.
    StatsSnapshot stats() const noexcept { return m_work->stats.snapshot(); }
    Cache& cache() const noexcept { return *m_cache; }

private:
    // What a load needs, wherever it runs. Not the cache: its own threads must not keep it alive.
    struct Work {
        Work(Handler itsHandler, std::string itsName, std::function<void(KeyParts&)> itsVaryBy)
            : handler(std::move(itsHandler)),
              name(std::move(itsName)),
              varyBy(std::move(itsVaryBy)) {}
        const Handler handler;
        const std::string name;
        const std::function<void(KeyParts&)> varyBy;
        Stats stats;
    };

    std::string keyOf(const Arguments& arguments) const {
        KeyWriter writer;
        writer.raw(m_work->name);
        const auto selected = std::apply(m_selector, arguments);
        using Selected = std::decay_t<decltype(selected)>;
        if constexpr (detail::kIsA<Selected, std::tuple>) {
            detail::writeTuple(writer, selected);
        } else {
            detail::writeTuple(writer, std::tuple<const Selected&>(selected));
        }
        if (m_work->varyBy) {
            KeyParts parts;
            m_work->varyBy(parts);
            parts.appendTo(writer);
        }
        return writer.result();
    }

    Return call(const Arguments& arguments) const {
        const std::string key = keyOf(arguments);
        // What the handler gave to this call itself, so that it need not be decoded again.
        std::optional<Value> own;
        const auto fetched = [&] {
            if (m_options->loadsInBackground()) {
                const auto loading = [work = m_work, arguments] {
                    std::optional<Value> unused;
                    return load(*work, unused, arguments);
                };
                return cache().fetchBlocking(key, *m_options, loading);
            }
            const auto loading = [&] { return load(*m_work, own, arguments); };
            // By reference, because a std::function of that size would allocate at each call.
            return cache().fetchBlocking(key, *m_options, std::ref(loading));
        }();
        if (own) {
            m_work->stats.count(Counter::misses);
            return std::move(*own);
        }
        if (!fetched.ok()) {
            m_work->stats.count(Counter::misses);
            if (fetched.error().code() == ErrorCode::unsupported) {
                return run(arguments);  // another caller's result could not be encoded for us
            }
            return failed(fetched.error(), key);
        }
        m_work->stats.count(fetched->source == Source::stored ? Counter::hits : Counter::misses);
        if (fetched->source == Source::waited) {
            m_work->stats.count(Counter::coalesced);
        }
        auto decoded = ValueCodec<Value>::decode(fetched->entry.value);
        if (decoded.ok()) {
            return std::move(*decoded);
        }
        // Of another time or another program: forget it, so that the next call stores a good one.
        (void)cache().invalidate(key);
        return run(arguments);
    }

    Return run(const Arguments& arguments) const {
        auto result = std::apply(m_work->handler, arguments);
        if constexpr (!Parts::kIsCacheable) {
            return result;
        } else if constexpr (Parts::kIsResult) {
            return result.ok() ? Return{std::move(result->value)} : Return{result.error()};
        } else {
            return std::move(result.value);
        }
    }

    static LoadResult load(Work& work, std::optional<Value>& own, const Arguments& arguments) {
        work.stats.count(Counter::loads);
        Loaded loaded;
        try {
            auto result = std::apply(work.handler, arguments);
            if constexpr (Parts::kIsResult) {
                if (!result.ok()) {
                    work.stats.count(Counter::loadFailures);
                    return result.error();
                }
                take(loaded, own, std::move(*result));
            } else {
                take(loaded, own, std::move(result));
            }
        } catch (const std::exception& thrown) {
            work.stats.count(Counter::loadFailures);
            return Error{ErrorCode::loadFailed, work.name, thrown.what()}.carrying(
                std::current_exception());
        } catch (...) {
            work.stats.count(Counter::loadFailures);
            return Error{ErrorCode::loadFailed, work.name}.carrying(std::current_exception());
        }
        auto encoded = ValueCodec<Value>::encode(*own);
        if (!encoded.ok()) {
            return encoded.error();
        }
        loaded.value = std::move(*encoded);
        loaded.absent = detail::isEmptyAnswer(*own);
        return loaded;
    }

    template <class T>
    static void take(Loaded& loaded, std::optional<Value>& own, T&& result) {
        if constexpr (Parts::kIsCacheable) {
            loaded.ttl = result.ttl;
            loaded.tags = std::move(result.tags);
            loaded.store = result.store;
            own.emplace(std::move(result.value));
        } else {
            own.emplace(std::forward<T>(result));
        }
    }

    Return failed(const Error& error, const std::string& key) const {
        if (error.exception()) {
            std::rethrow_exception(error.exception());
        }
        if constexpr (Parts::kIsResult) {
            return error;
        } else {
            throw NotServed(key, error);
        }
    }

    Selector m_selector;
    std::shared_ptr<Cache> m_cache;
    std::shared_ptr<const CacheOptions> m_options;
    std::shared_ptr<Work> m_work;
};

/// Puts `handler` behind a cache: the `@cache(ttl=…)` of C++.
///
///     auto getUser = cached(loadUser, {.name = "get_user", .options = {.ttl = 5min}}).value();
///     User user = getUser(42);
///
/// The key is the name and all arguments with their types. `selector`, if given, is called with the
/// arguments and returns what the key is made of instead: leave out what does not change the
/// result, never what does. What changes it and is no argument, options.varyBy adds. Errors:
/// missing without a name, outOfRange for a parenthesis in the name and for what validate()
/// refuses, missing for a handler with state that is not named.
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
    if (const auto valid = validate(options.options); !valid) {
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
