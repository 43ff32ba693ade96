// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What RecoveryQueue does with several keys in one call.

#include <utility>

#include "engine/backend/backend_failure.h"
#include "engine/backend/recovery_queue.h"
#include "engine/core/hash.h"

namespace cachescope {

std::optional<KeyTurns::Turn> RecoveryQueue::turnOf(std::span<const KeyedEntry> entries) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(entries.size());
    for (const KeyedEntry& item : entries) {
        hashes.push_back(hash64(item.key));
    }
    const Clock& clock = SystemClock::instance();
    return m_turns.takeMany(hashes, deadlineAfter(clock.now(), m_options.turnWait), clock);
}

Result<std::vector<std::optional<Entry>>> RecoveryQueue::getMany(
    std::span<const std::string> keys) {
    if (!pending()) {
        auto found = m_lower->getMany(keys);
        if (found) {
            afterSuccess();
        }
        return found;
    }
    std::vector<std::optional<Entry>> found(keys.size());
    std::vector<std::size_t> places;
    std::vector<std::string> asked;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto waiting = look(keys[i]);
        if (waiting.standing == Standing::below) {
            places.push_back(i);
            asked.push_back(keys[i]);
        } else {
            found[i] = std::move(waiting.entry);
        }
    }
    if (asked.empty()) {
        return found;
    }
    auto below = m_lower->getMany(asked);
    if (!below) {
        return below.error();
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
        found[places[i]] = std::move((*below)[i]);
    }
    afterSuccess();
    return found;
}

std::vector<Result<void>> RecoveryQueue::setMany(std::span<const KeyedEntry> entries) {
    const auto keepThis = [&](const KeyedEntry& item, std::uint64_t stamp) {
        const bool dead = item.entry.expiredAt(m_options.clock->now());
        keep(item.key, dead ? std::nullopt : std::optional{item.entry}, stamp);
    };
    // Set directly, those under a removal that is still to come would fall victim to it.
    bool covered = false;
    for (const KeyedEntry& item : entries) {
        covered = covered || stillCovered(item.key);
    }
    if (covered) {
        return Backend::setMany(entries);
    }
    std::vector<Result<void>> done(entries.size());
    bool worked = false;
    {
        const auto mine = turnOf(entries);
        std::vector<std::uint64_t> stamps;
        stamps.reserve(entries.size());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            stamps.push_back(nextStamp());
        }
        if (!mine) {
            for (std::size_t i = 0; i < entries.size(); ++i) {
                keepThis(entries[i], stamps[i]);
            }
            return done;
        }
        done = m_lower->setMany(entries);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (done[i]) {
                worked = true;
                settle(entries[i].key, stamps[i]);
            } else if (backendFailure(done[i].error().code()) == BackendFailure::outage) {
                keepThis(entries[i], stamps[i]);
                done[i] = {};
            }
        }
    }
    if (worked) {
        afterSuccess();
    }
    return done;
}

}  // namespace cachescope
