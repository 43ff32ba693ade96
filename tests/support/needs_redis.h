// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include "tests/support/private_redis.h"

/// Skips a Qt test aloud where no server of its own is running. A macro, because the skip has to
/// return from the test itself.
#define NEEDS(server)                                \
    if (!(server).isRunning()) {                     \
        QSKIP("redis-server is not installed here"); \
    }                                                \
    static_assert(true)
