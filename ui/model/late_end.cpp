// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/late_end.h"

#include <utility>

namespace cachescope::ui {

LateEnd::~LateEnd() = default;

void LateEnd::take(std::shared_ptr<void> what) {
    m_all.remove_if([](const One& one) { return one.ended.load(); });
    if (what == nullptr) {
        return;
    }
    One& one = m_all.emplace_back();
    one.what = std::move(what);
    one.worker = std::make_unique<Worker>("late-end", [&one](Worker&, const std::stop_token&) {
        one.what.reset();
        one.ended = true;
    });
}

}  // namespace cachescope::ui
