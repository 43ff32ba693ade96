// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/miss_events.h"

#include <algorithm>
#include <new>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/inspect/server_panels.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

const std::string kParameter = "notify-keyspace-events";
// Those of Redis 8 and Valkey included; A stands for several.
constexpr std::string_view kEveryFlag = "KEg$lshzxetdmnoc";
const std::string kNewKeys = "__keyevent@*__:new";

bool has(std::string_view flags, char flag) noexcept {
    return flags.find(flag) != std::string_view::npos;
}

// Whether flags mean the same, in whatever order. With all classes on, servers do not say whether
// events of new keys are sent too.
bool meanTheSame(std::string_view one, std::string_view other) noexcept {
    constexpr std::string_view kAll = "g$lshzxetd";
    const auto means = [&](std::string_view flags, char flag) {
        return has(flags, flag) || (has(flags, 'A') && has(kAll, flag));
    };
    const bool isAll = has(one, 'A') || has(other, 'A');
    return std::all_of(kEveryFlag.begin(), kEveryFlag.end(), [&](char flag) {
        return (flag == 'n' && isAll) || means(one, flag) == means(other, flag);
    });
}

}  // namespace

struct MissEvents::Links {
    std::unique_ptr<GuardedConnection> settings;
    std::unique_ptr<GuardedConnection> events;
};

std::string withMissEvents(std::string_view flags) {
    std::string result{flags};
    for (const char flag : {'E', 'm'}) {
        if (!has(result, flag)) {
            result += flag;
        }
    }
    return result;
}

MissEvents::MissEvents(RedisAddress address, std::shared_ptr<Guard> guard, Missed missed,
                       MissEventsOptions options)
    : m_address(std::move(address)),
      m_guard(std::move(guard)),
      m_missed(std::move(missed)),
      m_options(options),
      m_clock(*options.clock),
      m_channel("__keyevent@" + std::to_string(m_address.database) + "__:keymiss"),
      m_worker("miss-events",
               [this](Worker& self, const std::stop_token& stop) { run(self, stop); }) {}

MissEvents::~MissEvents() = default;

void MissEvents::stop() {
    m_worker.stop();
}

MissEvents::Status MissEvents::status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void MissEvents::setState(State state) {
    const std::lock_guard lock(m_mutex);
    m_status.state = state;
}

TimePoint MissEvents::deadline() const {
    return deadlineAfter(m_clock.now(), m_options.timeout);
}

void MissEvents::run(Worker& self, const std::stop_token& stop) {
    Links links;
    Result<void> ended;
    try {
        const StoppableWaits stoppable(stop);
        ended = listen(links);
    } catch (const std::bad_alloc&) {
        ended = Error{ErrorCode::outOfMemory};
    }
    if (!ended && !stop.stop_requested()) {
        const std::lock_guard lock(m_mutex);
        m_status.failure = ended.error();
    }
    // What is stopped from here on is only the waiting between attempts.
    putBack(self, stop, links);
}

void MissEvents::putBack(Worker& self, const std::stop_token& stop, Links& links) {
    while (m_toRestore) {
        setState(State::restoring);
        const bool isLast = stop.stop_requested();
        if (const auto restored = restore(links); !restored) {
            const std::lock_guard lock(m_mutex);
            m_status.failure = restored.error();
        } else {
            break;
        }
        links = {};
        if (isLast) {
            setState(State::abandoned);
            return;
        }
        self.sleepFor(m_options.retry);
    }
    setState(State::ended);
}

Result<void> MissEvents::restore(Links& links) {
    if (links.settings == nullptr || !links.settings->isOpen()) {
        auto opened = connect(CommandReach::settings);
        if (!opened) {
            return opened.error();
        }
        links.settings = std::move(*opened);
    }
    auto now = flags(*links.settings);
    if (!now) {
        // A connection that was cut off by the stop may serve no more; a new one will.
        links.settings.reset();
        auto opened = connect(CommandReach::settings);
        if (!opened) {
            return opened.error();
        }
        links.settings = std::move(*opened);
        now = flags(*links.settings);
    }
    if (!now) {
        return now.error();
    }
    const bool isAsBefore = meanTheSame(*now, *m_toRestore);
    bool isOurs = false;
    {
        const std::lock_guard lock(m_mutex);
        isOurs = meanTheSame(*now, m_status.flagsDuring);
        m_status.othersChanged = !isAsBefore && !isOurs;
    }
    if (isOurs && !isAsBefore) {
        if (auto set = setFlags(*links.settings, *m_toRestore); !set) {
            return set;
        }
    }
    m_toRestore.reset();
    return {};
}

Result<std::unique_ptr<GuardedConnection>> MissEvents::connect(CommandReach reach) {
    return GuardedConnection::open(m_address, m_guard, reach, deadline(), m_clock);
}

Result<std::string> MissEvents::flags(GuardedConnection& connection) {
    const RedisCommand get{"CONFIG", "GET", kParameter};
    const auto replies = connection.ask({&get, 1}, deadline());
    if (!replies) {
        return replies.error();
    }
    const RedisReply& reply = replies->front();
    if (reply.isError()) {
        return refusalOf(get, reply);
    }
    if (reply.elements.size() != 2) {
        return unexpectedReply(reply, kParameter);
    }
    return reply.elements[1].text;
}

Result<void> MissEvents::setFlags(GuardedConnection& connection, const std::string& flags) {
    const RedisCommand set{"CONFIG", "SET", kParameter, flags};
    const auto replies = connection.ask({&set, 1}, deadline());
    if (!replies) {
        return replies.error();
    }
    return replies->front().isError() ? Result<void>{refusalOf(set, replies->front())}
                                      : Result<void>{};
}

Result<void> MissEvents::begin(Links& links) {
    for (const auto& [link, reach] : {std::pair{&links.settings, CommandReach::settings},
                                      std::pair{&links.events, CommandReach::observe}}) {
        auto opened = connect(reach);
        if (!opened) {
            return opened.error();
        }
        *link = std::move(*opened);
    }
    auto before = flags(*links.settings);
    if (!before) {
        return before.error();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_status.flagsBefore = *before;
        m_status.flagsDuring = *before;
    }
    const RedisCommand subscribe{"SUBSCRIBE", m_channel};
    if (auto posted = links.events->post(subscribe, deadline()); !posted) {
        return posted;
    }
    std::string wanted = withMissEvents(*before);
    if (wanted == *before) {
        return {};
    }
    if (has(*before, 'A')) {
        const auto sendsNew = hearsOfNewKeys(links);
        if (!sendsNew) {
            return sendsNew.error();
        }
        if (*sendsNew) {
            before->push_back('n');
            wanted += 'n';
        } else {
            const std::lock_guard lock(m_mutex);
            m_status.newUncertain = true;
        }
    }
    // From here on they may be ours, whatever comes of the asking.
    {
        const std::lock_guard lock(m_mutex);
        m_status.flagsDuring = wanted;
    }
    m_toRestore = *before;
    if (auto set = setFlags(*links.settings, wanted); !set) {
        if (set.error().code() != ErrorCode::disconnected &&
            set.error().code() != ErrorCode::timedOut &&
            set.error().code() != ErrorCode::cancelled) {
            m_toRestore.reset();  // refused, so that nothing has changed
        }
        return set;
    }
    const auto during = flags(*links.settings);
    if (!during) {
        return during.error();
    }
    const std::lock_guard lock(m_mutex);
    m_status.flagsDuring = *during;
    return {};
}

Result<bool> MissEvents::hearsOfNewKeys(Links& links) {
    if (auto posted = links.events->post({"PSUBSCRIBE", kNewKeys}, deadline()); !posted) {
        return posted.error();
    }
    const TimePoint end = deadlineAfter(m_clock.now(), m_options.listenForNew);
    bool hasHeard = false;
    while (!hasHeard) {
        const auto ready = links.events->waitForNews(end);
        if (!ready) {
            return ready.error();
        }
        if (!*ready) {
            break;
        }
        const auto messages = links.events->receive();
        if (!messages) {
            return messages.error();
        }
        for (const RedisReply& message : *messages) {
            if (message.isError()) {
                return refusalOf({"PSUBSCRIBE", kNewKeys}, message);
            }
            hasHeard = hasHeard || message.elements.size() == 4;
        }
    }
    if (auto posted = links.events->post({"PUNSUBSCRIBE", kNewKeys}, deadline()); !posted) {
        return posted.error();
    }
    return hasHeard;
}

Result<void> MissEvents::listen(Links& links) {
    const TimePoint end = deadlineAfter(m_clock.now(), m_options.most);
    if (auto begun = begin(links); !begun) {
        return begun;
    }
    setState(State::listening);
    TimePoint nextLook = deadline();
    while (m_clock.now() < end) {
        const auto ready = GuardedConnection::waitForEither(*links.events, *links.settings,
                                                            std::min(end, nextLook));
        if (!ready) {
            return ready.error();
        }
        const auto messages = links.events->receive();
        if (!messages) {
            return messages.error();
        }
        const TimePoint now = m_clock.now();
        for (const RedisReply& message : *messages) {
            if (message.isError()) {
                return refusalOf({"SUBSCRIBE", m_channel}, message);
            }
            if (message.elements.size() == 3 && message.elements[0].text == "message") {
                {
                    const std::lock_guard lock(m_mutex);
                    ++m_status.misses;
                }
                m_missed(message.elements[2].text, now);
            }
        }
        if (now >= nextLook) {
            // A server that is gone without a word does not send misses either.
            if (const auto current = flags(*links.settings); !current) {
                return current.error();
            }
            nextLook = deadline();
        }
    }
    return {};
}

}  // namespace cachescope::inspect
