// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#define TBB_PREVIEW_CONCURRENT_LRU_CACHE 1
#include <oneapi/tbb/concurrent_lru_cache.h>
#include <rocksdb/cache.h>

#include <array>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/core/hash.h"

/// The caches that memory_bench measures ours against, each as get() and set() on keys of 16 bytes.
///
/// Each is set up as its own documentation advises for speed. What they cannot do is not asked of
/// them: none has deadlines, HyperClockCache does not overwrite, TBB's cache cannot be written to.
namespace cachescope::bench {

using Key = std::array<char, 16>;

struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
        return hash64({key.data(), key.size()});
    }
};

/// RocksDB's block cache behind its own interface; a value lives on the heap and is handed out with
/// a reference count, as our shared values are.
template <class Value>
class RocksPeer {
public:
    explicit RocksPeer(std::shared_ptr<rocksdb::Cache> cache) : m_cache(std::move(cache)) {}

    bool get(const Key& key, Value& out) {
        rocksdb::Cache::Handle* handle = m_cache->Lookup({key.data(), key.size()});
        if (handle == nullptr) {
            return false;
        }
        std::memcpy(&out, m_cache->Value(handle), sizeof out);
        m_cache->Release(handle);
        return true;
    }
    void set(const Key& key, const Value& value) {
        // An entry that is refused is deleted by the cache.
        const auto status = m_cache->Insert(
            {key.data(), key.size()}, new Value(value), 1,
            [](const rocksdb::Slice&, void* old) { delete static_cast<Value*>(old); });
        static_cast<void>(status);
    }

private:
    std::shared_ptr<rocksdb::Cache> m_cache;
};

template <class Value>
class HyperClockPeer : public RocksPeer<Value> {
public:
    static constexpr const char* kName = "peer: RocksDB HyperClockCache";

    explicit HyperClockPeer(std::size_t entries)
        : RocksPeer<Value>(rocksdb::HyperClockCacheOptions(entries, 1, 0, false, nullptr,
                                                           rocksdb::kDontChargeCacheMetadata)
                               .MakeSharedCache()) {}
};

template <class Value>
class RocksLruPeer : public RocksPeer<Value> {
public:
    static constexpr const char* kName = "peer: RocksDB LRUCache, 64 shards";

    explicit RocksLruPeer(std::size_t entries)
        : RocksPeer<Value>(rocksdb::NewLRUCache(entries, 6, false, 0.5, nullptr,
                                                rocksdb::kDefaultToAdaptiveMutex,
                                                rocksdb::kDontChargeCacheMetadata)) {}
};

/// Has no set(): a value is made when it is asked for.
template <class Value>
class TbbLruPeer {
public:
    static constexpr const char* kName = "peer: TBB concurrent_lru_cache";

    // It counts only what nobody uses at the moment.
    explicit TbbLruPeer(std::size_t entries)
        : m_cache(std::make_unique<Cache>(makeValue, entries)) {}

    bool get(const Key& key, Value& out) {
        auto handle = (*m_cache)[key];
        out = handle.value();
        return true;
    }
    void set(const Key& key, const Value&) {
        Value out;
        get(key, out);
    }

private:
    static Value makeValue(Key) { return Value{'v'}; }
    using Cache = tbb::concurrent_lru_cache<Key, Value, Value (*)(Key)>;
    std::unique_ptr<Cache> m_cache;
};

/// The LRU cache of the textbook, a list and a map into it under one mutex. `Text` is how it keeps
/// a string of bytes: as it is, or as a std::string.
template <class KeyText, class ValueText, class Hash>
class ListLru {
public:
    explicit ListLru(std::size_t entries) : m_room(entries) { m_index.reserve(entries); }

    template <class Out>
    bool read(const KeyText& key, Out& out) {
        const std::lock_guard lock(m_mutex);
        const auto found = m_index.find(key);
        if (found == m_index.end()) {
            return false;
        }
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        std::memcpy(&out, found->second->second.data(), sizeof out);
        return true;
    }
    void write(const KeyText& key, ValueText value) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_index.find(key); found != m_index.end()) {
            found->second->second = std::move(value);
            m_entries.splice(m_entries.begin(), m_entries, found->second);
            return;
        }
        m_entries.emplace_front(key, std::move(value));
        m_index.emplace(key, m_entries.begin());
        if (m_index.size() > m_room) {
            m_index.erase(m_entries.back().first);
            m_entries.pop_back();
        }
    }

private:
    using Entries = std::list<std::pair<KeyText, ValueText>>;
    const std::size_t m_room;
    std::mutex m_mutex;
    Entries m_entries;
    std::unordered_map<KeyText, typename Entries::iterator, Hash> m_index;
};

template <class Value>
class PlainLruPeer {
public:
    static constexpr const char* kName = "peer: list under a mutex, plain structs";

    explicit PlainLruPeer(std::size_t entries) : m_cache(entries) {}
    bool get(const Key& key, Value& out) { return m_cache.read(key, out); }
    void set(const Key& key, const Value& value) { m_cache.write(key, value); }

private:
    ListLru<Key, Value, KeyHash> m_cache;
};

template <class Value>
class StringLruPeer {
public:
    static constexpr const char* kName = "peer: list under a mutex, std::string";

    explicit StringLruPeer(std::size_t entries) : m_cache(entries) {}
    bool get(const Key& key, Value& out) {
        return m_cache.read(std::string(key.data(), key.size()), out);
    }
    void set(const Key& key, const Value& value) {
        m_cache.write(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    }

private:
    ListLru<std::string, std::string, std::hash<std::string>> m_cache;
};

}  // namespace cachescope::bench
