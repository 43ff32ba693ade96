// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What expiry costs others: ten million entries with random TTLs fall due within a few seconds,
// while one thread reads and another removes what has expired. Told are the pauses of the reader,
// next to those that the machine alone causes before anything is due, and the memory before and
// afterwards. The peer is a hash map under a mutex whose owner walks
// over all of it now and then, as simple caches do. `expiry_bench [ENTRIES]`.

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/core/random.h"
#include "engine/core/worker.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::size_t kKeySize = 16;
constexpr std::size_t kValueSize = 16;
// Later than the filling ends; then all fall due within the second span.
constexpr Duration kFirstDeadline = std::chrono::seconds{25};
constexpr Duration kDeadlines = std::chrono::seconds{10};

std::string keyOf(std::size_t number) {
    const std::string digits = std::to_string(number);
    return "key:" + std::string(kKeySize - 4 - digits.size(), '0') + digits;
}

std::uint64_t allocatedBytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

std::uint64_t residentBytes() {
    std::ifstream file{"/proc/self/statm"};
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    file >> size >> resident;
    return resident * 4096;
}

struct Store {
    std::function<void(const std::string& key, TimePoint expires)> set;
    std::function<bool(const std::string& key)> get;
    std::function<void()> removeExpired;
};

double mebibytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

void measure(const char* name, std::size_t entries, const std::function<Store()>& make) {
    const Clock& clock = SystemClock::instance();
    const std::uint64_t allocatedAtFirst = allocatedBytes();
    const std::uint64_t residentAtFirst = residentBytes();
    Store store = make();
    const TimePoint start = clock.now();
    Random random{7};
    for (std::size_t i = 0; i < entries; ++i) {
        const Duration later{static_cast<std::int64_t>(
            random.below(static_cast<std::uint64_t>(kDeadlines.count())))};
        store.set(keyOf(i), start + kFirstDeadline + later);
    }
    if (clock.now() > start + kFirstDeadline) {
        std::fputs("this machine is too slow: entries fell due while they were stored\n", stderr);
        std::exit(1);
    }
    const std::uint64_t allocated = allocatedBytes() - allocatedAtFirst;
    const std::uint64_t resident = residentBytes() - residentAtFirst;

    std::vector<double> pauses;
    std::uint64_t readsBefore = 0;
    std::uint64_t longBefore = 0;
    double longestBefore = 0;
    {
        Worker remover("expiry", [&](Worker& self, std::stop_token stop) {
            while (!stop.stop_requested()) {
                store.removeExpired();
                self.sleepFor(std::chrono::milliseconds{1});
            }
        });
        // From just before the first falls due until all have.
        const TimePoint end = start + kFirstDeadline + kDeadlines + std::chrono::seconds{1};
        pauses.reserve(30'000'000);
        while (clock.now() < start + kFirstDeadline - std::chrono::seconds{1}) {
            const std::string key = keyOf(random.below(entries));
            const TimePoint before = clock.now();
            keep(store.get(key));
            const auto pause = static_cast<double>((clock.now() - before).count());
            ++readsBefore;
            longBefore += pause > 1e6 ? 1U : 0U;
            longestBefore = std::max(longestBefore, pause);
        }
        for (TimePoint before = clock.now(); before < end && pauses.size() < pauses.capacity();) {
            const std::string key = keyOf(random.below(entries));
            before = clock.now();
            keep(store.get(key));
            pauses.push_back(static_cast<double>((clock.now() - before).count()));
        }
    }
    std::sort(pauses.begin(), pauses.end());
    const auto at = [&](double share) {
        return pauses[static_cast<std::size_t>(share * static_cast<double>(pauses.size() - 1))];
    };
    const std::uint64_t over = static_cast<std::uint64_t>(
        pauses.end() - std::lower_bound(pauses.begin(), pauses.end(), 1e6));
    const double each = static_cast<double>(allocated) / static_cast<double>(entries);
    const std::uint64_t ofTheMeasurement = pauses.capacity() * sizeof(double);
    const std::uint64_t now = allocatedBytes() - ofTheMeasurement;
    const double left = mebibytes(now - std::min(now, allocatedAtFirst));
    std::printf("\n%s, %zu entries with keys of %zu and values of %zu bytes\n", name, entries,
                kKeySize, kValueSize);
    std::printf("  a read: p50 %.2f us, p99 %.2f us, p99.9 %.2f us, p99.99 %.2f us, max %.2f us\n",
                at(.5) / 1e3, at(.99) / 1e3, at(.999) / 1e3, at(.9999) / 1e3, at(1) / 1e3);
    std::printf(
        "  reads of more than a millisecond: %lu of %zu; before anything was due %lu of %lu, the "
        "longest %.2f us\n",
        static_cast<unsigned long>(over), pauses.size(), static_cast<unsigned long>(longBefore),
        static_cast<unsigned long>(readsBefore), longestBefore / 1e3);
    std::printf("  allocated: %.1f bytes an entry, %.1f of them overhead\n", each,
                each - static_cast<double>(kKeySize + kValueSize));
    std::printf(
        "  resident: %.0f MiB when full; afterwards allocated %.0f MiB, resident %.0f MiB\n",
        mebibytes(resident), left,
        mebibytes(residentBytes()) - mebibytes(residentAtFirst) - mebibytes(ofTheMeasurement));
    std::printf(
        "{\"benchmark\":\"expiry\",\"store\":\"%s\",\"entries\":%zu,\"p50_ns\":%.0f,"
        "\"p999_ns\":%.0f,\"max_ns\":%.0f,\"over_1ms\":%lu,\"overhead_bytes\":%.1f,"
        "\"left_mib\":%.1f}\n",
        name, entries, at(.5), at(.999), at(1), static_cast<unsigned long>(over),
        each - static_cast<double>(kKeySize + kValueSize), left);
}

Store ours(std::uint64_t bound) {
    BackendConfig config;
    config.maxEntries = bound;
    const std::shared_ptr<Backend> backend =
        BackendRegistry::builtin().create("memory:", config).value();
    return {[=](const std::string& key, TimePoint expires) {
                Entry entry;
                entry.value = Bytes{std::string_view{key}.substr(0, kValueSize)};
                entry.created = expires - std::chrono::seconds{30};
                entry.expires = expires;
                backend->set(key, entry).value();
            },
            [=](const std::string& key) { return backend->get(key)->has_value(); },
            [=] { static_cast<void>(backend->removeExpired(100'000)); }};
}

/// Of a cache that is full and has evicted as many entries as it holds, so that it remembers keys.
void measureOverhead(std::size_t entries, std::size_t valueSize) {
    const std::uint64_t before = allocatedBytes();
    BackendConfig config;
    config.maxEntries = entries;
    const auto backend = BackendRegistry::builtin().create("memory:", config).value();
    const std::string value(valueSize, 'v');
    const TimePoint now = SystemClock::instance().now();
    for (std::size_t i = 0; i < 2 * entries; ++i) {
        Entry entry;
        entry.value = Bytes{value};
        entry.created = now;
        entry.expires = now + std::chrono::hours{1} + std::chrono::milliseconds{i};
        backend->set(keyOf(i), entry).value();
    }
    const double each =
        static_cast<double>(allocatedBytes() - before) / static_cast<double>(entries);
    const double overhead = each - static_cast<double>(kKeySize + valueSize);
    std::printf(
        "\nmemory:, full and evicting, %zu entries, values of %zu bytes: %.1f bytes of "
        "overhead an entry\n{\"benchmark\":\"overhead\",\"entries\":%zu,\"value\":%zu,"
        "\"overhead_bytes\":%.1f}\n",
        entries, valueSize, overhead, entries, valueSize, overhead);
}

class SweptMap {
public:
    void set(const std::string& key, TimePoint expires) {
        const std::lock_guard lock(m_mutex);
        m_entries[key] = {key, expires};
    }
    bool get(const std::string& key) {
        const std::lock_guard lock(m_mutex);
        const auto found = m_entries.find(key);
        return found != m_entries.end() && found->second.second >= SystemClock::instance().now();
    }
    void sweep() {
        const std::lock_guard lock(m_mutex);
        const TimePoint now = SystemClock::instance().now();
        std::erase_if(m_entries, [now](const auto& entry) { return entry.second.second < now; });
    }

private:
    std::mutex m_mutex;
    std::unordered_map<std::string, std::pair<std::string, TimePoint>> m_entries;
};

Store swept() {
    const auto map = std::make_shared<SweptMap>();
    return {[map](const std::string& key, TimePoint expires) { map->set(key, expires); },
            [map](const std::string& key) { return map->get(key); }, [map] { map->sweep(); }};
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    if (entries < 1000 || entries > 100'000'000) {
        std::fputs("usage: expiry_bench [ENTRIES], from 1000 to 100000000\n", stderr);
        return 2;
    }
    for (const std::size_t valueSize : {std::size_t{16}, std::size_t{64}, std::size_t{512}}) {
        measureOverhead(entries / 10, valueSize);
    }
    measure("memory:", entries, [] { return ours(0); });
    measure("memory: with room for twice as many", entries, [=] { return ours(2 * entries); });
    measure("peer: hash map under a mutex, swept", entries, swept);
    return 0;
}
