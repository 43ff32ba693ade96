// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/late_end.h"

namespace cachescope::ui {

LateEnd::~LateEnd() = default;

void LateEnd::run(std::function<void()> job) {
    m_all.remove_if([](const One& one) { return one.ended.load(); });
    One& one = m_all.emplace_back();
    one.job = std::move(job);
    one.worker = std::make_unique<Worker>("late-end", [&one](Worker&, const std::stop_token&) {
        one.job();
        one.job = nullptr;
        one.ended = true;
    });
}

void LateEnd::take(std::shared_ptr<void> what) {
    if (what != nullptr) {
        run([what = std::move(what)]() mutable { what.reset(); });
    }
}

}  // namespace cachescope::ui
