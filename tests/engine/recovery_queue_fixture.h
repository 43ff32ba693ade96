// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "engine/backend/recovery_queue.h"
#include "tests/support/faulty_backend.h"

namespace cachescope::test {

using namespace std::chrono_literals;

/// A RecoveryQueue over a backend that fails when told to, with a clock that stands still.
class RecoveryQueueTest : public ::testing::Test {
protected:
    RecoveryQueueTest() { make({}); }
    void make(RecoveryItems::Limits limits, bool shared = false) {
        auto lower = std::make_unique<FaultyBackend>(m_clock, shared);
        m_lower = lower.get();
        RecoveryQueueOptions options;
        options.limits = limits;
        options.retryAfter = 10s;
        options.turnWait = 10ms;
        options.clock = &m_clock;
        m_queue = std::make_unique<RecoveryQueue>(std::move(lower), options);
    }
    Entry entry(std::string_view value, Duration ttl = Duration::max()) const {
        Entry made;
        made.value = Bytes{value};
        made.created = m_clock.now();
        made.expires = deadlineAfter(m_clock.now(), ttl);
        return made;
    }
    void set(std::string_view key, std::string_view value, Duration ttl = Duration::max()) {
        const auto done = m_queue->set(key, entry(value, ttl));
        ASSERT_TRUE(done.ok()) << done.error().toLogLine();
    }
    std::string value(std::string_view key) {
        const auto found = m_queue->get(key);
        if (!found) {
            return errorCodeName(found.error().code());
        }
        return *found ? (*found)->value.toString() : "(absent)";
    }
    void down(ErrorCode code = ErrorCode::unreachable) { m_lower->fail(code); }
    void up() { m_lower->fail({}); }
    std::uint64_t waiting() const { return m_queue->counters().waiting; }
    void sweep() { ASSERT_TRUE(m_queue->removeExpired(1000).ok()); }
    std::set<std::string> scanned(std::string_view pattern = "*", std::size_t limit = 2) {
        std::set<std::string> keys;
        std::string cursor;
        do {
            const auto page = m_queue->scan(cursor, pattern, limit);
            EXPECT_TRUE(page.ok());
            if (!page) {
                break;
            }
            for (const ScannedKey& key : page->keys) {
                keys.insert(key.key);
            }
            cursor = page->next;
        } while (!cursor.empty());
        return keys;
    }

    ManualClock m_clock{TimePoint{1000s}};
    FaultyBackend* m_lower = nullptr;
    std::unique_ptr<RecoveryQueue> m_queue;
};

}  // namespace cachescope::test
