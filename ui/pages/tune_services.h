// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cachescope::ui {

class TuneLive;
class TunePresenter;

/// What the page Tune shows, and its way to the Lab; handed through from the object graph. Both
/// outlive every widget. GUI thread.
struct TuneServices {
    TunePresenter& presenter;
    TuneLive& live;
};

}  // namespace cachescope::ui
