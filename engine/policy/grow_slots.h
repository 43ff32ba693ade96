// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace cachescope {

/// Makes `entries` at least `count` long, one for each slot, and never shorter.
///
/// Owners ask for one slot more at a time; a vector by itself would then reserve up to twice what
/// is used. This one reserves a sixteenth more, and nothing more the first time, when a replay asks
/// for all of its keys.
template <class T>
void growSlots(std::vector<T>& entries, std::size_t count) {
    if (count <= entries.size()) {
        return;
    }
    if (count > entries.capacity()) {
        entries.reserve(entries.empty() ? count : count + count / 16);
    }
    entries.resize(count);
}

}  // namespace cachescope
