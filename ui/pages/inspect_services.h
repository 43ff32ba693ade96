// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cachescope::ui {

class AppSettings;
class ConnectionBook;
class InspectPresenter;

/// What the page Inspect shows, and where it can be connected to; handed through from the object
/// graph. All outlive every widget. GUI thread.
struct InspectServices {
    InspectPresenter& presenter;
    ConnectionBook& connections;
    AppSettings& settings;
};

}  // namespace cachescope::ui
