// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interrupt.h"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>
#include <initializer_list>

namespace cachescope::app {

namespace {

volatile std::sig_atomic_t requestedFlag = 0;
int pipeEnds[2] = {-1, -1};

void onSignal(int number) {
    requestedFlag = 1;
    const char byte = 1;
    // The pipe holds one byte at the most that matters; a full or closed one changes nothing.
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
    std::signal(number, SIG_DFL);
}

}  // namespace

void Interrupt::install() {
    if (::pipe(pipeEnds) == 0) {
        ::fcntl(pipeEnds[1], F_SETFL, O_NONBLOCK);
        ::fcntl(pipeEnds[0], F_SETFD, FD_CLOEXEC);
        ::fcntl(pipeEnds[1], F_SETFD, FD_CLOEXEC);
    }
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        std::signal(number, onSignal);
    }
}

bool Interrupt::requested() noexcept {
    return requestedFlag != 0;
}

int Interrupt::descriptor() noexcept {
    return pipeEnds[0];
}

}  // namespace cachescope::app
