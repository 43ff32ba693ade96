// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>

class QObject;
class QWidget;

namespace cachescope::ui {

/// Asks whether a cache may be changed from now on, the same way wherever changes are unlocked, and
/// calls `unlock` if so and `context` is still there. `cache` is what a person calls it, from
/// outside. Does not wait. GUI thread.
void askToUnlock(QWidget* parent, const QString& cache, QObject* context,
                 const std::function<void()>& unlock);

}  // namespace cachescope::ui
