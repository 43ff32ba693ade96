// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/policy/eviction_policy.h"

/// The policies that come with the engine, one source file each, named after the policy. Each file
/// opens with a picture, the rule, what it costs, a weakness and where it was published.
namespace cachescope {

std::unique_ptr<EvictionPolicy> makeFifoPolicy();
std::unique_ptr<EvictionPolicy> makeLruPolicy();
std::unique_ptr<EvictionPolicy> makeS3FifoPolicy();
std::unique_ptr<EvictionPolicy> makeSievePolicy();

}  // namespace cachescope
