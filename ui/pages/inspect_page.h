// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/inspect/key_changes.h"
#include "ui/pages/inspect_services.h"

class QStackedWidget;

namespace cachescope::ui {

struct ChangeScope;
class ForecastPanel;
class InlineMessage;
class InspectContents;
class LivePanel;
class UndoBar;

/// Inspect: a live cache at a glance above (figures, what falls due, one figure's course), what is
/// in it below. Puts the parts together and opens the dialogs; all logic is the presenters'. GUI
/// thread.
class InspectPage : public QWidget {
    Q_OBJECT

public:
    explicit InspectPage(InspectServices services, QWidget* parent = nullptr);

    /// Asks which cache to inspect.
    void openConnection();
    /// The same, beginning with the connection that was tried last.
    void editConnection();
    /// Once a frame of the window; what counts down moves once a second.
    void tick();

Q_SIGNALS:
    /// A trace was captured and is to be opened in Tune.
    void tuneWanted(const QString& path);

private:
    // What the button of the message does.
    enum class Offer { reconnect, edit, walk };

    QWidget* makeContent();
    void connectParts();
    void refreshState();
    void showFailure(const Error& failure);
    void takeOffer();
    void askForConnection(const QString& url);
    void toggleLock();
    void undoChange();
    void openCapture();
    /// Whether the table has all keys, so that "all" means all; otherwise says so.
    bool hasAllKeys();
    void openChange(const ChangeScope& scope, inspect::KeyChange::Kind kind);

    InspectServices m_services;
    InlineMessage* m_message;
    UndoBar* m_undo;
    QStackedWidget* m_stack;
    LivePanel* m_live = nullptr;
    ForecastPanel* m_forecast = nullptr;
    InspectContents* m_contents = nullptr;
    QString m_missing;  // what was said of missing rules
    bool m_failed = false;
    Offer m_offer = Offer::reconnect;
    int m_frames = 0;
};

}  // namespace cachescope::ui
