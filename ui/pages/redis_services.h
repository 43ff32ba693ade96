// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cachescope::ui {

class ConnectionBook;
class RedisAssistant;

/// What widgets need that speak of Redis servers; handed through from the object graph. Both
/// outlive every widget. GUI thread.
struct RedisServices {
    RedisAssistant& assistant;
    ConnectionBook& connections;
};

}  // namespace cachescope::ui
