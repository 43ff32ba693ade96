// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Compiles only after somebody else has included <string>.
inline std::string greeting() {
    return "hello";
}
