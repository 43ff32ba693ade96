// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/guard.h"

#include <string>
#include <utility>

namespace cachescope::inspect {

namespace {

Error refusal(const CommandPass& pass, const char* reason) {
    return Error{ErrorCode::noPermission, std::string{commandName(pass.number)}, reason};
}

Result<CommandPass> judge(const RedisCommand& command, CommandReach granted, bool isUnlocked) {
    auto pass = passOf(command);
    if (pass && !covers(granted, pass->reach)) {
        return refusal(*pass, "beyond what this request was granted");
    }
    if (pass && pass->reach == CommandReach::change && !isUnlocked) {
        return refusal(*pass, "changes are locked");
    }
    return pass;
}

}  // namespace

Result<CommandPass> Guard::admit(const RedisCommand& command, CommandReach granted) {
    return counted(judge(command, granted, isUnlocked()));
}

Result<CommandPass> Guard::admitToShared(const RedisCommand& command, CommandReach granted) {
    auto pass = judge(command, granted, isUnlocked());
    if (pass && pass->ownConnection) {
        pass = refusal(*pass, "needs a connection of its own");
    }
    return counted(std::move(pass));
}

Result<CommandPass> Guard::counted(Result<CommandPass> pass) noexcept {
    if (!pass) {
        m_meter.countRefused();
    }
    return pass;
}

}  // namespace cachescope::inspect
