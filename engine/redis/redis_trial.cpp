// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_trial.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "engine/redis/name_lookup.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_info.h"
#include "engine/redis/redis_transport.h"
#include "engine/redis/stream_socket.h"

namespace cachescope {

namespace {

using Kind = TrialStep::Kind;
using Outcome = TrialStep::Outcome;

// The number behind "keys=" of "keys=12,expires=3,avg_ttl=0".
std::uint64_t keysIn(const std::string& database) {
    constexpr std::string_view kBegin = "keys=";
    std::uint64_t keys = 0;
    if (database.starts_with(kBegin)) {
        (void)std::from_chars(database.data() + kBegin.size(), database.data() + database.size(),
                              keys);
    }
    return keys;
}

int portIn(const std::string& text) {
    int port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failure == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65535
               ? port
               : 0;
}

// Tries one target, and notes each step.
class Attempt {
public:
    Attempt(const RedisTarget& target, Duration timeout, const Clock& clock)
        : m_target(target), m_clock(clock), m_deadline(deadlineAfter(clock.now(), timeout)) {}

    RedisTrial run() {
        switch (m_target.kind) {
            case RedisTarget::Kind::server:
                (void)tryServer(m_target.seeds.front(), m_deadline);
                break;
            case RedisTarget::Kind::cluster:
                tryCluster();
                break;
            case RedisTarget::Kind::sentinel:
                if (const auto primary = askSentinels()) {
                    (void)tryServer(*primary, m_deadline);
                }
                break;
        }
        return std::move(m_trial);
    }

private:
    using Connection = std::unique_ptr<RedisConnection>;

    TrialStep& begin(Kind kind, std::string where) {
        m_begun = m_clock.now();
        TrialStep& step = m_trial.steps.emplace_back();
        step.kind = kind;
        step.where = std::move(where);
        return step;
    }
    void end(std::string answer) {
        m_trial.steps.back().took = m_clock.now() - m_begun;
        m_trial.steps.back().answer = std::move(answer);
        m_trial.failure.reset();
    }
    void fail(const Error& error) {
        TrialStep& step = m_trial.steps.back();
        step.took = m_clock.now() - m_begun;
        step.outcome = Outcome::failed;
        step.error = error;
        m_trial.failure = error;
    }

    // A share of the time that is left for each of so many who may be silent.
    TimePoint shareOf(std::size_t parts) const {
        const TimePoint now = m_clock.now();
        return now + std::max((m_deadline - now) / static_cast<int>(parts), Duration::zero());
    }

    std::optional<RedisAddress> askSentinels() {
        for (std::size_t i = 0; i < m_target.seeds.size(); ++i) {
            RedisAddress sentinel = m_target.seeds[i];
            sentinel.user = m_target.sentinelUser;
            sentinel.password = m_target.sentinelPassword;
            sentinel.database = 0;
            begin(Kind::sentinel, sentinel.toText());
            auto primary = askSentinel(sentinel, shareOf(m_target.seeds.size() - i + 1));
            if (primary) {
                RedisAddress found = m_target.seeds[i];
                found.host = primary->elements[0].text;
                found.port = portIn(primary->elements[1].text);
                end(found.host + ' ' + primary->elements[1].text);
                return found;
            }
            fail(primary.error());
        }
        return std::nullopt;
    }

    Result<RedisReply> askSentinel(const RedisAddress& sentinel, TimePoint deadline) const {
        auto connection = RedisConnection::open(sentinel, deadline, m_clock);
        if (!connection) {
            return connection.error();
        }
        auto reply = ask(**connection,
                         {"SENTINEL", "get-master-addr-by-name", m_target.primaryName}, deadline);
        if (!reply) {
            return reply;
        }
        if (reply->isNil()) {
            return Error{ErrorCode::unknownName, m_target.primaryName, sentinel.toText()};
        }
        if (reply->elements.size() != 2 || portIn(reply->elements[1].text) == 0) {
            return unexpectedReply(*reply, sentinel.toText());
        }
        return reply;
    }

    void tryCluster() {
        for (std::size_t i = 0; i < m_target.seeds.size(); ++i) {
            const RedisAddress& seed = m_target.seeds[i];
            const TimePoint until = shareOf(m_target.seeds.size() - i);
            if (const Connection connection = tryServer(seed, until)) {
                begin(Kind::cluster, seed.toText());
                summarise(*connection, seed);
                return;
            }
        }
    }

    void summarise(RedisConnection& connection, const RedisAddress& seed) {
        const auto reply = ask(connection, {"CLUSTER", "SLOTS"}, m_deadline);
        if (!reply) {
            fail(reply.error());
            return;
        }
        if (!reply->isArray()) {
            fail(unexpectedReply(*reply, seed.toText()));
            return;
        }
        std::set<std::string> primaries;
        std::set<std::string> replicas;
        std::int64_t slots = 0;
        for (const RedisReply& range : reply->elements) {
            if (range.elements.size() < 3) {
                continue;
            }
            slots += range.elements[1].integer - range.elements[0].integer + 1;
            for (std::size_t i = 2; i < range.elements.size(); ++i) {
                const auto& node = range.elements[i].elements;
                if (node.size() > 1) {
                    (i == 2 ? primaries : replicas)
                        .insert(node[0].text + ' ' + std::to_string(node[1].integer));
                }
            }
        }
        end(std::to_string(primaries.size()) + '/' + std::to_string(replicas.size()) + '/' +
            std::to_string(slots));
    }

    // Null when it does not work.
    Connection tryServer(const RedisAddress& address, TimePoint deadline) {
        auto stream = connect(address, deadline);
        if (stream != nullptr && address.tls) {
            stream = encryptOver(std::move(stream), address, deadline);
        }
        auto connection = stream == nullptr ? nullptr : logIn(std::move(stream), address, deadline);
        if (connection == nullptr || !ping(*connection, address, deadline)) {
            return nullptr;
        }
        askInfo(*connection, address, deadline);
        return m_trial.failure ? nullptr : std::move(connection);
    }

    std::unique_ptr<ByteStream> connect(const RedisAddress& address, TimePoint deadline) {
        if (address.isUnix()) {
            begin(Kind::connect, address.unixPath);
            auto socket = StreamSocket::connectUnix(address.unixPath, deadline, m_clock);
            return connected(std::move(socket), address);
        }
        begin(Kind::lookUp, address.host);
        const auto found = lookUpHost(address.host, address.port, deadline, m_clock);
        if (!found) {
            fail(found.error());
            return nullptr;
        }
        if (isNumericHost(address.host)) {
            m_trial.steps.pop_back();
        } else {
            end(found->empty() ? std::string{} : found->front().toText());
        }
        begin(Kind::connect, found->empty() ? address.toText() : found->back().toText());
        return connected(StreamSocket::connectTcp(*found, deadline, m_clock), address);
    }

    std::unique_ptr<ByteStream> connected(Result<std::unique_ptr<StreamSocket>> socket,
                                          const RedisAddress& address) {
        if (!socket) {
            fail(socket.error().about(address.toText()));
            return nullptr;
        }
        if (!address.isUnix()) {
            m_trial.steps.back().where = (*socket)->peerText();
        }
        end({});
        return std::move(*socket);
    }

    std::unique_ptr<ByteStream> encryptOver(std::unique_ptr<ByteStream> stream,
                                            const RedisAddress& address, TimePoint deadline) {
        begin(Kind::tls, address.toText());
        auto encrypted = encrypt(std::move(stream), address, deadline, m_clock);
        if (!encrypted) {
            fail(encrypted.error());
            return nullptr;
        }
        if (auto shown = (*encrypted)->certificate()) {
            m_trial.certificate = TrialCertificate{
                std::move(shown->subject), std::move(shown->names), std::move(shown->issuer),
                std::move(shown->validTo), address.tls->verify};
        }
        end((*encrypted)->version() + ' ' + (*encrypted)->cipher());
        return std::move(*encrypted);
    }

    Connection logIn(std::unique_ptr<ByteStream> stream, const RedisAddress& address,
                     TimePoint deadline) {
        const bool hasLogin = !address.password.empty();
        const TimePoint begun = m_clock.now();
        auto made = RedisConnection::logInOver(std::move(stream), address, deadline, m_clock);
        if (made) {
            if (hasLogin) {
                begin(Kind::logIn, address.toText());
                m_begun = begun;
                end(address.user.empty() ? "default" : address.user);
            }
            return std::move(*made);
        }
        const Error failure = explainLogIn(made.error(), address, deadline, m_clock);
        // That it wants a certificate of ours, a server says only after the handshake.
        if (failure.code() != ErrorCode::untrusted) {
            const bool login = hasLogin || failure.code() == ErrorCode::authentication;
            begin(login ? Kind::logIn : Kind::ping, address.toText());
        }
        m_begun = begun;
        fail(failure);
        return nullptr;
    }

    bool ping(RedisConnection& connection, const RedisAddress& address, TimePoint deadline) {
        begin(Kind::ping, address.toText());
        const auto pong = ask(connection, {"PING"}, deadline);
        if (!pong || pong->isError()) {
            fail(pong ? redisError(*pong, address.toText()) : pong.error());
            return false;
        }
        end({});
        m_trial.server.emplace().roundTrip = m_trial.steps.back().took;
        return true;
    }

    void askInfo(RedisConnection& connection, const RedisAddress& address, TimePoint deadline) {
        begin(Kind::info, address.toText());
        // One section each: before 7.0, INFO takes no more than one.
        const RedisCommand sections[] = {
            {"INFO", "server"}, {"INFO", "replication"}, {"INFO", "memory"}, {"INFO", "keyspace"}};
        const auto replies = connection.send(sections, deadline);
        if (!replies) {
            fail(replies.error());
            return;
        }
        RedisServerInfo& server = *m_trial.server;
        std::string text;
        for (const RedisReply& reply : *replies) {
            server.infoPermitted = server.infoPermitted || reply.isBulk();
            text += reply.isBulk() ? reply.text + '\n' : std::string{};
        }
        const RedisInfo info{text};
        const bool valkey = info.value("server_name") == "valkey";
        server.version = info.value(valkey ? "valkey_version" : "redis_version");
        server.product = valkey ? "Valkey" : server.infoPermitted ? "Redis" : "";
        server.mode = info.value("redis_mode");
        server.role = info.value("role");
        server.maxmemoryPolicy = info.value("maxmemory_policy");
        server.maxmemory = info.number("maxmemory");
        server.keys = keysIn(info.value("db" + std::to_string(address.database)));
        end({});
        if (!server.infoPermitted) {
            m_trial.steps.back().outcome = Outcome::skipped;
            m_trial.steps.back().error = redisError(replies->front(), address.toText());
        }
    }

    static Result<RedisReply> ask(RedisConnection& connection, const RedisCommand& command,
                                  TimePoint deadline) {
        auto replies = connection.send({&command, 1}, deadline);
        if (!replies) {
            return replies.error();
        }
        return std::move(replies->front());
    }

    const RedisTarget& m_target;
    const Clock& m_clock;
    const TimePoint m_deadline;
    TimePoint m_begun{};
    RedisTrial m_trial;
};

}  // namespace

RedisTrial tryRedis(const RedisTarget& target, Duration timeout, const Clock& clock) {
    return Attempt{target, timeout, clock}.run();
}

}  // namespace cachescope
