// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cachescope::app {

/// Turns the signals that ask a program to end (SIGINT, SIGTERM, SIGHUP) into a flag and a byte in
/// a pipe, so that it can end in order: servers stopped, keys and folders of its own removed.
///
/// install() once, at the start. A second signal ends the process at once.
class Interrupt {
public:
    static void install();
    static bool requested() noexcept;
    /// Becomes readable when a signal came.
    static int descriptor() noexcept;
};

}  // namespace cachescope::app
