// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_walk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/inspect/server_walk.h"

namespace cachescope::inspect {

namespace {

using State = WalkProgress::State;

}  // namespace

KeyWalk::KeyWalk(std::vector<GuardedServer> servers, WalkOptions options)
    : m_options(std::move(options)),
      m_census(std::make_shared<KeyCensus>(m_options.separator)),
      m_shared(std::make_unique<RunControl>()) {
    for (std::size_t i = 0; i < servers.size(); ++i) {
        m_parts.push_back(std::make_unique<ServerWalk>(
            std::move(servers[i]), static_cast<std::uint16_t>(i), m_options, *m_census, *m_shared));
    }
}

KeyWalk::~KeyWalk() {
    stop();
}

void KeyWalk::pause() {
    m_shared->paused = true;
}

void KeyWalk::resume() {
    m_shared->paused = false;
    for (const auto& part : m_parts) {
        part->wake();
    }
}

void KeyWalk::stop() {
    m_shared->stopped = true;
    m_shared->cutOff.request_stop();
    for (const auto& part : m_parts) {
        part->wake();
    }
}

bool KeyWalk::waitForEnd(TimePoint deadline) const {
    return m_shared->waitForEnd(*m_options.clock, deadline, [this] {
        const auto parts = progressByServer();
        return std::all_of(parts.begin(), parts.end(),
                           [](const WalkProgress& part) { return part.hasEnded(); });
    });
}

std::vector<WalkProgress> KeyWalk::progressByServer() const {
    std::vector<WalkProgress> all;
    all.reserve(m_parts.size());
    for (const auto& part : m_parts) {
        all.push_back(part->progress());
    }
    return all;
}

WalkProgress KeyWalk::progress() const {
    const auto all = progressByServer();
    WalkProgress sum;
    sum.state = State::done;
    double done = 0;
    bool allKnown = true;
    // What is most worth knowing: something goes on, it was stopped, something failed.
    const auto rank = [](State state) {
        constexpr std::array<int, 5> kRanks{4, 3, 0, 2, 1};
        return kRanks.at(static_cast<std::size_t>(state));
    };
    for (const WalkProgress& part : all) {
        sum.state = rank(part.state) > rank(sum.state) ? part.state : sum.state;
        sum.keys += part.keys;
        sum.expected += part.expected;
        sum.duplicates += part.duplicates;
        sum.vanished += part.vanished;
        sum.pages += part.pages;
        sum.active = std::max(sum.active, part.active);
        sum.count = std::max(sum.count, part.count);
        sum.backsOff = sum.backsOff || part.backsOff;
        allKnown = allKnown && (part.remaining || part.hasEnded());
        if (part.remaining && !part.hasEnded()) {
            sum.remaining = std::max(sum.remaining.value_or(Duration::zero()), *part.remaining);
        }
        sum.failure = sum.failure ? sum.failure : part.failure;
        for (const std::string& rule : part.missingRules) {
            if (std::find(sum.missingRules.begin(), sum.missingRules.end(), rule) ==
                sum.missingRules.end()) {
                sum.missingRules.push_back(rule);
            }
        }
        done += part.fraction * static_cast<double>(std::max<std::uint64_t>(part.expected, 1));
    }
    const auto weight = static_cast<double>(std::max<std::uint64_t>(sum.expected, all.size()));
    sum.fraction = std::min(done / std::max(weight, 1.0), 1.0);
    if (sum.state == State::done) {
        sum.remaining = Duration::zero();
    } else if (!allKnown || sum.hasEnded()) {
        sum.remaining.reset();
    }
    return sum;
}

std::vector<std::optional<ServerFacts>> KeyWalk::facts() const {
    std::vector<std::optional<ServerFacts>> all;
    all.reserve(m_parts.size());
    for (const auto& part : m_parts) {
        all.push_back(part->facts());
    }
    return all;
}

}  // namespace cachescope::inspect
