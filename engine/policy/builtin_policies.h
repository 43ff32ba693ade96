// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/policy/policy_kind.h"

/// The policies that come with the engine, one source file each, named after the policy. Each file
/// opens with a picture, the rule, what it costs, a weakness and where it was published.
namespace cachescope {

PolicyKind fifoPolicy();
PolicyKind lruPolicy();
PolicyKind s3ClockPolicy();
PolicyKind s3FifoPolicy();
PolicyKind sievePolicy();

}  // namespace cachescope
