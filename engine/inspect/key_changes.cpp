// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_changes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/inspect/server_change.h"

namespace cachescope::inspect {

namespace {

using State = ChangeProgress::State;

constexpr Duration kLeastTtl = std::chrono::milliseconds{1};
constexpr Duration kMostTtl = std::chrono::hours{24 * 36'525};
constexpr double kMostPart = 0.9;

void add(std::vector<ChangeProgress::Reason>& all, const ChangeProgress::Reason& one) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const auto& each) {
        return each.error.code() == one.error.code() &&
               each.error.detail().substr(0, each.error.detail().find(' ')) ==
                   one.error.detail().substr(0, one.error.detail().find(' '));
    });
    if (known != all.end()) {
        known->keys += one.keys;
    } else {
        all.push_back(one);
    }
}

}  // namespace

Result<void> KeyChange::check() const {
    if (kind == Kind::expireIn && (ttl < kLeastTtl || ttl > kMostTtl)) {
        return Error{ErrorCode::outOfRange, "ttl", "1 ms to 100 years"};
    }
    if (kind == Kind::spread && !(part > 0 && part <= kMostPart)) {
        return Error{ErrorCode::outOfRange, "part", "over 0, at most 0.9"};
    }
    return {};
}

ChangeTargets ChangeTargets::of(std::vector<Named> keys) {
    const auto shared = std::make_shared<const std::vector<Named>>(std::move(keys));
    return {shared->size(), [shared](std::size_t i) {
                const Named& key = (*shared)[i];
                return ChangeTarget{key.name, key.server, key.bytes, key.number, key.expiry};
            }};
}

ChangeTargets ChangeTargets::of(CensusView view, std::vector<std::uint32_t> numbers) {
    struct Selection {
        CensusView view;
        std::vector<std::uint32_t> numbers;
    };
    const auto shared =
        std::make_shared<const Selection>(Selection{std::move(view), std::move(numbers)});
    return {shared->numbers.size(), [shared](std::size_t i) {
                const std::uint32_t number = shared->numbers[i];
                const KeyFacts facts = shared->view.facts(number);
                return ChangeTarget{shared->view.name(number), facts.server, facts.bytes, number,
                                    facts.expiry};
            }};
}

/// What is to be brought back, at each server.
struct ChangeRun::Undo {
    std::vector<std::vector<FormerDeadline>> formers;
};

ChangeRun::ChangeRun(std::vector<GuardedServer> servers, ChangeTargets targets,
                     const KeyChange& change, ChangeOptions options)
    : ChangeRun(std::move(servers), std::move(targets), change, options, nullptr) {}

ChangeRun::ChangeRun(std::vector<GuardedServer> servers, ChangeTargets targets,
                     const KeyChange& change, ChangeOptions options,
                     std::shared_ptr<const Undo> undo)
    : m_servers(std::move(servers)),
      m_targets(std::move(targets)),
      m_change(change),
      m_options(options),
      m_undo(std::move(undo)),
      m_shared(std::make_unique<RunControl>()) {
    for (std::size_t i = 0; i < m_servers.size(); ++i) {
        m_parts.push_back(std::make_unique<ServerChange>(ServerChange::Task{
            m_servers[i], i, m_targets, m_change, m_undo == nullptr ? nullptr : &m_undo->formers[i],
            m_options, *m_shared}));
    }
}

ChangeRun::~ChangeRun() {
    m_shared->cutOff.request_stop();
    stop();
}

void ChangeRun::pause() {
    m_shared->paused = true;
}

void ChangeRun::resume() {
    m_shared->paused = false;
    for (const auto& part : m_parts) {
        part->wake();
    }
}

void ChangeRun::stop() {
    m_shared->stopped = true;
    for (const auto& part : m_parts) {
        part->wake();
    }
}

bool ChangeRun::waitForEnd(TimePoint deadline) const {
    return m_shared->waitForEnd(*m_options.clock, deadline,
                                [this] { return progress().hasEnded(); });
}

ChangeProgress ChangeRun::progress() const {
    ChangeProgress sum;
    sum.state = State::done;
    bool allKnown = true;
    // What is most worth knowing: something goes on, something failed, it was stopped.
    const auto rank = [](State state) {
        constexpr std::array<int, 5> kRanks{4, 3, 0, 1, 2};
        return kRanks.at(static_cast<std::size_t>(state));
    };
    for (const auto& each : m_parts) {
        const ChangeProgress part = each->progress();
        sum.state = rank(part.state) > rank(sum.state) ? part.state : sum.state;
        sum.targets += part.targets;
        sum.done += part.done;
        sum.gone += part.gone;
        sum.left += part.left;
        sum.failed += part.failed;
        sum.unsure += part.unsure;
        sum.active = std::max(sum.active, part.active);
        sum.backsOff = sum.backsOff || part.backsOff;
        allKnown = allKnown && (part.remaining || part.hasEnded());
        if (part.remaining && !part.hasEnded()) {
            sum.remaining = std::max(sum.remaining.value_or(Duration::zero()), *part.remaining);
        }
        for (const auto& reason : part.reasons) {
            add(sum.reasons, reason);
        }
        sum.failure = sum.failure ? sum.failure : part.failure;
    }
    if (sum.state == State::done) {
        sum.remaining = Duration::zero();
    } else if (!allKnown || sum.hasEnded()) {
        sum.remaining.reset();
    }
    return sum;
}

std::vector<ChangedKey> ChangeRun::changedKeys() const {
    std::vector<ChangedKey> keys;
    if (progress().hasEnded()) {
        for (const auto& part : m_parts) {
            keys.insert(keys.end(), part->changedKeys().begin(), part->changedKeys().end());
        }
    }
    return keys;
}

std::uint64_t ChangeRun::undoable() const {
    if (m_undo != nullptr || !progress().hasEnded()) {
        return 0;
    }
    std::uint64_t keys = 0;
    for (const auto& part : m_parts) {
        keys += part->formers().size();
    }
    return keys;
}

std::unique_ptr<ChangeRun> ChangeRun::undo() const {
    if (undoable() == 0) {
        return nullptr;
    }
    auto undo = std::make_shared<Undo>();
    for (const auto& part : m_parts) {
        undo->formers.push_back(part->formers());
    }
    return std::unique_ptr<ChangeRun>{
        new ChangeRun(m_servers, m_targets, m_change, m_options, std::move(undo))};
}

}  // namespace cachescope::inspect
