// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/policy/policy_kind.h"

/// The policies that come with the engine, one source file each, named after the policy. Each file
/// opens with a picture, the rule, what it costs, a weakness and where it was published.
namespace cachescope {

PolicyKind arcPolicy();
PolicyKind beladyPolicy();
PolicyKind clockPolicy();
PolicyKind fifoPolicy();
PolicyKind lfuPolicy();
PolicyKind lirsPolicy();
PolicyKind lruPolicy();
PolicyKind randomPolicy();
PolicyKind s3ClockPolicy();
PolicyKind s3FifoPolicy();
PolicyKind s4lruPolicy();
PolicyKind sievePolicy();
PolicyKind slruPolicy();
PolicyKind twoQueuePolicy();
PolicyKind wTinyLfuFixedPolicy();
PolicyKind wTinyLfuPolicy();

}  // namespace cachescope
