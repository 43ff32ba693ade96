// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/worker.h"
#include "engine/inspect/inspect_link.h"
#include "engine/inspect/miss_events.h"
#include "engine/inspect/monitor_burst.h"
#include "engine/inspect/namespace_tally.h"

namespace cachescope::ui {

/// One time of listening to all servers of a link: to their misses, and, if asked for, for a moment
/// to all of their commands, so that reads and misses are of the same time.
///
/// Begins when it is made. What is heard goes into the tally. stop() puts the servers' settings
/// back and waits for that, as the destructor does: on a thread that may. Otherwise any thread.
class MissListening {
public:
    struct Options {
        bool commands = false;                      ///< MONITOR as well
        Duration most = std::chrono::minutes{10};   ///< of misses alone
        Duration watch = std::chrono::seconds{10};  ///< of commands
        double worst = 2;  ///< how many times the latency of before ends watching
    };
    struct Server {
        std::string name;  ///< its address without secrets
        inspect::MissEvents::Status misses;
        bool watching = false;  ///< its commands come in
        std::optional<inspect::BurstReport> report;
        std::optional<Error> failure;  ///< of watching its commands
    };

    MissListening(std::shared_ptr<const inspect::InspectLink> link,
                  std::shared_ptr<inspect::NamespaceTally> tally, Options options);
    ~MissListening();
    MissListening(const MissListening&) = delete;
    MissListening& operator=(const MissListening&) = delete;

    void stop();

    std::vector<Server> servers() const;
    /// Whether nothing comes in any more; the settings may still be on their way back.
    bool isOver() const;
    /// Whether, beyond that, the settings are back or given up.
    bool hasEnded() const;
    bool watchesCommands() const noexcept { return m_options.commands; }

private:
    struct Part;

    void watch(Part& part, Worker& self, const std::stop_token& stop);

    const std::shared_ptr<const inspect::InspectLink> m_link;
    const std::shared_ptr<inspect::NamespaceTally> m_tally;
    const Options m_options;
    std::mutex m_stopping;
    std::vector<std::unique_ptr<Part>> m_parts;  // last: their threads use the others
};

}  // namespace cachescope::ui
