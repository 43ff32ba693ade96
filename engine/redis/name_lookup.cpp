// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>

#include "engine/core/worker.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope {

namespace {

struct FreeAddressList {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddressList>;

addrinfo tcpHints(int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    return hints;
}

std::vector<SocketAddress> toAddresses(const addrinfo* list) {
    std::vector<SocketAddress> addresses;
    for (; list != nullptr; list = list->ai_next) {
        SocketAddress address;
        if (list->ai_addrlen <= sizeof address.storage) {
            std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
            address.length = list->ai_addrlen;
            addresses.push_back(address);
        }
    }
    return addresses;
}

Error lookupError(const std::string& host, int failure, int systemError) {
    const std::string detail =
        failure == EAI_SYSTEM ? std::system_category().message(systemError) : gai_strerror(failure);
    return Error{ErrorCode::unreachable, host, detail};
}

// One question to the resolver of the operating system, which can only be waited for, on a thread
// of its own.
struct Lookup {
    std::string host;
    std::string service;
    std::mutex mutex;
    std::condition_variable_any ended;
    bool finished = false;
    int failure = 0;
    int systemError = 0;
    AddressList found;
    std::unique_ptr<Worker> worker;  // last: ends before what it uses

    void run() {
        const addrinfo hints = tcpHints(AI_ADDRCONFIG);
        addrinfo* list = nullptr;
        const int result = getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
        const int number = errno;
        {
            const std::lock_guard lock(mutex);
            failure = result;
            systemError = number;
            found.reset(result == 0 ? list : nullptr);
            finished = true;
        }
        ended.notify_all();
    }
    bool hasFinished() {
        const std::lock_guard lock(mutex);
        return finished;
    }
};

// A lookup cannot be stopped. Those whose callers have gone wait here, and are freed when a later
// one comes by, or at the end of the process. The end does not wait for a resolver that is still
// silent: its thread ends with the process, and what it uses is not freed.
class AbandonedLookups {
public:
    ~AbandonedLookups() {
        freeFinished();
        for (std::unique_ptr<Lookup>& silent : m_lookups) {
            (void)silent.release();
        }
    }
    void add(std::unique_ptr<Lookup> lookup) {
        const std::lock_guard lock(m_mutex);
        freeFinished();
        m_lookups.push_back(std::move(lookup));
    }

private:
    void freeFinished() {
        std::erase_if(m_lookups,
                      [](const std::unique_ptr<Lookup>& old) { return old->hasFinished(); });
    }

    std::mutex m_mutex;
    std::vector<std::unique_ptr<Lookup>> m_lookups;
};

void abandon(std::unique_ptr<Lookup> lookup) {
    static AbandonedLookups abandoned;
    abandoned.add(std::move(lookup));
}

Result<std::vector<SocketAddress>> lookUpName(const std::string& host, const std::string& service,
                                              TimePoint deadline, const Clock& clock) {
    auto lookup = std::make_unique<Lookup>();
    lookup->host = host;
    lookup->service = service;
    lookup->worker = std::make_unique<Worker>(
        "name-lookup", [asked = lookup.get()](Worker&, const std::stop_token&) { asked->run(); });
    bool finished = false;
    {
        std::unique_lock lock(lookup->mutex);
        lookup->ended.wait_for(lock, StoppableWaits::current(),
                               std::max(deadline - clock.now(), Duration::zero()),
                               [&] { return lookup->finished; });
        finished = lookup->finished;
    }
    if (!finished) {
        abandon(std::move(lookup));
        const bool stopped = StoppableWaits::current().stop_requested();
        return Error{stopped ? ErrorCode::cancelled : ErrorCode::timedOut, host, "name lookup"};
    }
    if (lookup->failure != 0) {
        return lookupError(host, lookup->failure, lookup->systemError);
    }
    return toAddresses(lookup->found.get());
}

}  // namespace

std::string SocketAddress::toText() const {
    if (storage.ss_family == AF_UNIX) {
        sockaddr_un address{};
        std::memcpy(&address, &storage, std::min<std::size_t>(length, sizeof address));
        return {address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path)};
    }
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), length, host, sizeof host, port,
                      sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return {};
    }
    const bool bracketed = storage.ss_family == AF_INET6;
    return (bracketed ? '[' + std::string{host} + ']' : std::string{host}) + ':' + port;
}

bool isNumericHost(const std::string& host) noexcept {
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return ::inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

Result<std::vector<SocketAddress>> lookUpHost(const std::string& host, int port, TimePoint deadline,
                                              const Clock& clock) {
    const std::string service = std::to_string(port);
    const addrinfo hints = tcpHints(AI_NUMERICHOST);
    addrinfo* list = nullptr;
    // A numeric address needs no resolver, and so cannot wait.
    if (getaddrinfo(host.c_str(), service.c_str(), &hints, &list) == 0) {
        const AddressList found{list};
        return toAddresses(found.get());
    }
    return lookUpName(host, service, deadline, clock);
}

}  // namespace cachescope
