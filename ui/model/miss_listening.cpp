// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/miss_listening.h"

#include <algorithm>
#include <utility>

namespace cachescope::ui {

namespace {

using State = inspect::MissEvents::State;

constexpr Duration kBetweenLooks = std::chrono::milliseconds{20};

bool isOverFor(State state) noexcept {
    return state == State::ended || state == State::abandoned;
}

}  // namespace

struct MissListening::Part {
    const inspect::InspectLink::Server* server = nullptr;
    std::atomic<bool> counts{false};  // whether misses do: with commands, only while they come in
    mutable std::mutex mutex;         // over the three
    std::optional<inspect::BurstReport> report;
    std::optional<Error> failure;
    bool watched = false;
    std::unique_ptr<inspect::MissEvents> misses;
    std::unique_ptr<Worker> watcher;  // last
};

MissListening::MissListening(std::shared_ptr<const inspect::InspectLink> link,
                             std::shared_ptr<inspect::NamespaceTally> tally, Options options)
    : m_link(std::move(link)), m_tally(std::move(tally)), m_options(options) {
    for (const auto& server : m_link->servers()) {
        Part& part = *m_parts.emplace_back(std::make_unique<Part>());
        part.server = &server;
        part.counts = !m_options.commands;
        inspect::MissEventsOptions events;
        events.most = m_options.most;
        part.misses = std::make_unique<inspect::MissEvents>(
            server.address, server.guard,
            [this, &part](std::string_view key, TimePoint at) {
                if (part.counts) {
                    m_tally->countMiss(key, at);
                }
            },
            events);
        if (m_options.commands) {
            part.watcher = std::make_unique<Worker>(
                "miss-commands", [this, &part](Worker& self, const std::stop_token& stop) {
                    watch(part, self, stop);
                });
        }
    }
}

MissListening::~MissListening() {
    stop();
}

void MissListening::stop() {
    const std::lock_guard lock(m_stopping);
    for (const auto& part : m_parts) {
        if (part->watcher != nullptr) {
            part->watcher->stop();
        }
    }
    for (const auto& part : m_parts) {
        part->misses->stop();
    }
}

void MissListening::watch(Part& part, Worker& self, const std::stop_token& stop) {
    // Misses first, or not at all, so that no read is counted whose miss goes unheard.
    while (part.misses->status().state == State::starting && self.sleepFor(kBetweenLooks)) {
    }
    inspect::MonitorBurstOptions options;
    options.most = m_options.watch;
    options.worst = m_options.worst;
    const int database = part.server->address.database;
    auto report = inspect::runMonitorBurst(
        part.server->address, part.server->guard, options,
        [&](const MonitorLine& line) {
            part.counts = true;
            m_tally->count(line, database);
        },
        stop);
    part.counts = false;
    const std::lock_guard lock(part.mutex);
    part.watched = true;
    if (report) {
        part.report = std::move(*report);
    } else {
        part.failure = report.error();
    }
}

std::vector<MissListening::Server> MissListening::servers() const {
    std::vector<Server> all;
    for (const auto& part : m_parts) {
        Server server;
        server.name = part->server->address.toText();
        server.misses = part->misses->status();
        const std::lock_guard lock(part->mutex);
        server.watching = m_options.commands && !part->watched;
        server.report = part->report;
        server.failure = part->failure;
        all.push_back(std::move(server));
    }
    return all;
}

bool MissListening::isOver() const {
    return std::all_of(m_parts.begin(), m_parts.end(), [this](const auto& part) {
        if (!m_options.commands) {
            return isOverFor(part->misses->status().state) ||
                   part->misses->status().state == State::restoring;
        }
        const std::lock_guard lock(part->mutex);
        return part->watched;
    });
}

bool MissListening::hasEnded() const {
    return isOver() && std::all_of(m_parts.begin(), m_parts.end(), [](const auto& part) {
               return isOverFor(part->misses->status().state);
           });
}

}  // namespace cachescope::ui
