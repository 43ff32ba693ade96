// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/name_lookup.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>
#include <system_error>

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

Error lookupError(const std::string& host, int failure) {
    const std::string detail =
        failure == EAI_SYSTEM ? std::system_category().message(errno) : gai_strerror(failure);
    return Error{ErrorCode::unreachable, host, detail};
}

#if defined(__GLIBC__)

// What a lookup in the background reads and writes: it must stay until the lookup has ended.
struct Lookup {
    std::string host;
    std::string service;
    addrinfo hints{};
    gaicb request{};
};

// A lookup that is under way in the resolver cannot be stopped. Those whose callers have gone wait
// here, and are freed when a later one comes by. Never destroyed, because the resolver's threads
// may outlive every static object.
void abandon(std::unique_ptr<Lookup> lookup) {
    static std::mutex& mutex = *new std::mutex;
    static auto& abandoned = *new std::vector<std::unique_ptr<Lookup>>;
    const std::lock_guard lock(mutex);
    std::erase_if(abandoned, [](const std::unique_ptr<Lookup>& old) {
        if (gai_error(&old->request) == EAI_INPROGRESS) {
            return false;
        }
        const AddressList unused{old->request.ar_result};
        return true;
    });
    abandoned.push_back(std::move(lookup));
}

Result<std::vector<SocketAddress>> lookUpName(const std::string& host, const std::string& service,
                                              TimePoint deadline, const Clock& clock) {
    auto lookup = std::make_unique<Lookup>();
    lookup->host = host;
    lookup->service = service;
    lookup->hints = tcpHints(AI_ADDRCONFIG);
    lookup->request.ar_name = lookup->host.c_str();
    lookup->request.ar_service = lookup->service.c_str();
    lookup->request.ar_request = &lookup->hints;
    gaicb* list[] = {&lookup->request};
    if (const int failure = getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr); failure != 0) {
        return lookupError(host, failure);
    }
    int state = EAI_INPROGRESS;
    while ((state = gai_error(&lookup->request)) == EAI_INPROGRESS) {
        const Duration left = std::max(deadline - clock.now(), Duration::zero());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        timespec span{};
        span.tv_sec = static_cast<std::time_t>(seconds.count());
        span.tv_nsec = static_cast<long>((left - seconds).count());
        const int waited = gai_suspend(list, 1, &span);
        if (waited == EAI_AGAIN) {
            if (gai_cancel(&lookup->request) == EAI_NOTCANCELED) {
                abandon(std::move(lookup));
            } else {
                const AddressList unused{lookup->request.ar_result};
            }
            return Error{ErrorCode::timedOut, host, "name lookup"};
        }
    }
    const AddressList found{lookup->request.ar_result};
    if (state != 0) {
        return lookupError(host, state);
    }
    return toAddresses(found.get());
}

#else

Result<std::vector<SocketAddress>> lookUpName(const std::string& host, const std::string& service,
                                              TimePoint, const Clock&) {
    const addrinfo hints = tcpHints(AI_ADDRCONFIG);
    addrinfo* list = nullptr;
    if (const int failure = getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
        failure != 0) {
        return lookupError(host, failure);
    }
    const AddressList found{list};
    return toAddresses(found.get());
}

#endif

}  // namespace

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
