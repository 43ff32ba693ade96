// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/session_recorder.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace cachescope::sim {

SessionRecorder::SessionRecorder(std::shared_ptr<const KeySpace> keys, std::size_t most)
    : m_keys(std::move(keys)),
      m_most(std::max<std::size_t>(most, 1)),
      m_records(std::make_unique_for_overwrite<Record[]>(m_most)) {}

void SessionRecorder::changeKeys(std::shared_ptr<const KeySpace> keys) {
    if (m_keys->contains(*keys)) {
        return;  // the larger space goes on naming what was asked for before
    }
    if (!keys->contains(*m_keys)) {
        m_next = 0;
        m_full = false;
    }
    m_keys = std::move(keys);
}

// Oldest first.
template <class Visit>
void SessionRecorder::visit(Visit visit) const {
    if (m_full) {
        std::for_each(m_records.get() + m_next, m_records.get() + m_most, visit);
    }
    std::for_each(m_records.get(), m_records.get() + m_next, visit);
}

std::shared_ptr<const Trace> SessionRecorder::recording() const {
    constexpr auto kUnseen = std::numeric_limits<std::uint32_t>::max();
    try {
        // Updates alone are late, and there are few of them where somebody asks often.
        std::vector<Record> updates;
        std::size_t count = 0;
        visit([&](const Record& record) {
            ++count;
            if (record.kind() == Kind::update) {
                updates.push_back(record);
            }
        });
        std::sort(updates.begin(), updates.end(),
                  [](const Record& a, const Record& b) { return a.time < b.time; });

        auto trace = std::make_shared<Trace>();
        std::vector<std::uint32_t> numbers(m_keys->size(), kUnseen);
        trace->keys.reserve(count);
        trace->times.reserve(count);
        trace->sizes.reserve(count);
        trace->operations.reserve(count);
        TimePoint start{};
        bool writes = false;
        const auto append = [&](const Record& record) {
            std::uint32_t& number = numbers[record.key];
            if (number == kUnseen) {
                if (record.kind() == Kind::update) {
                    return;
                }
                number = static_cast<std::uint32_t>(trace->names.size());
                trace->names.append(m_keys->name(record.key));
            }
            if (trace->keys.empty()) {
                start = record.time;
            }
            const bool write = record.kind() != Kind::read;
            writes |= write;
            trace->keys.push_back(number);
            trace->times.push_back(record.time - start);
            trace->sizes.push_back(record.bytes());
            trace->operations.push_back(write ? TraceOperation::write : TraceOperation::read);
        };
        // Who asks at the moment of an update gets the new data, so updates come first.
        auto update = updates.cbegin();
        visit([&](const Record& record) {
            if (record.kind() != Kind::update) {
                for (; update != updates.cend() && update->time <= record.time; ++update) {
                    append(*update);
                }
                append(record);
            }
        });
        if (!writes) {
            trace->operations = {};
        }
        return trace;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

}  // namespace cachescope::sim
