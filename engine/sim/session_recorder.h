// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/core/clock.h"
#include "engine/sim/key_space.h"
#include "engine/sim/workload.h"
#include "engine/trace/trace.h"

namespace cachescope::sim {

/// What a run was asked for lately, so that Tune can look at a run as it looks at any recording.
///
/// Keeps the last `most` requests, writes and updates of the data, 16 bytes each, in memory that
/// is touched only as it fills: cheap enough to be always on. An update that nobody wrote comes
/// from DataVersions when it is found out, and only the last one before each request is known,
/// which is the one that makes a value stale. Does not know what lanes made of the requests. One
/// thread.
class SessionRecorder {
public:
    static constexpr std::size_t kMost = 1'000'000;

    explicit SessionRecorder(std::shared_ptr<const KeySpace> keys, std::size_t most = kMost);

    void request(const Request& request) noexcept {
        add(request.time, request.key, request.bytes, request.write ? Kind::write : Kind::read);
    }
    /// The data behind `key` changed at a moment that may lie before the latest request.
    void update(std::uint32_t key, TimePoint at) noexcept {
        if (key < m_keys->size()) {  // a load under way may be of a key that is gone
            add(at, key, 0, Kind::update);
        }
    }
    /// From now on keys are of another space. Begins anew unless known keys keep their names.
    void changeKeys(std::shared_ptr<const KeySpace> keys);

    /// What is kept, in the order of time; updates are writes of no bytes, and those before the
    /// first request for their key are left out. Null where there is no memory for it.
    std::shared_ptr<const Trace> recording() const;

private:
    enum class Kind : std::uint8_t { read, write, update };
    static constexpr std::uint32_t kKindShift = 30;
    static constexpr std::uint32_t kMostBytes = (std::uint32_t{1} << kKindShift) - 1;

    struct Record {
        TimePoint time;
        std::uint32_t key;
        std::uint32_t bits;

        Kind kind() const noexcept { return static_cast<Kind>(bits >> kKindShift); }
        std::uint32_t bytes() const noexcept { return bits & kMostBytes; }
    };
    static_assert(sizeof(Record) == 16);

    void add(TimePoint time, std::uint32_t key, std::uint32_t bytes, Kind kind) noexcept {
        m_records[m_next] = {time, key,
                             std::min(bytes, kMostBytes) | static_cast<std::uint32_t>(kind)
                                                               << kKindShift};
        if (++m_next == m_most) {
            m_next = 0;
            m_full = true;
        }
    }
    template <class Visit>
    void visit(Visit visit) const;

    std::shared_ptr<const KeySpace> m_keys;
    std::size_t m_most;
    std::unique_ptr<Record[]> m_records;  // a ring; what was not written yet is not set
    std::size_t m_next = 0;
    bool m_full = false;
};

}  // namespace cachescope::sim
