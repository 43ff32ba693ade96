// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/keyspace.h"
#include "ui/widgets/card.h"

class QBoxLayout;
class QLabel;
class QPushButton;
class QStackedLayout;
class QToolButton;

namespace cachescope::ui {

class DecodedView;
class ElementView;
class InlineMessage;
class KeyLabel;
class OpenKey;
class TtlBar;

/// The open key: its name, what it is, what is left of its time, and what is in it. Elements and
/// the decoded box stand below each other in a column and side by side where there is room.
///
/// Changes nothing by itself: the buttons only say what a person wants. GUI thread.
class ValuePanel : public Card {
    Q_OBJECT

public:
    explicit ValuePanel(OpenKey& key, QWidget* parent = nullptr);

    /// What goes by the clock; the page calls it every second while it is shown.
    void refreshTick();

Q_SIGNALS:
    void removeRequested(const cachescope::ui::KeyRef& key);
    void ttlRequested(const cachescope::ui::KeyRef& key);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeContent();
    void showKey();
    void refresh();
    void showTime();
    void showWatching();
    void arrange();

    OpenKey& m_key;
    QStackedLayout* m_stack;
    KeyLabel* m_name;
    QToolButton* m_refresh;
    QToolButton* m_copy;
    QLabel* m_summary;
    QLabel* m_expiry;
    TtlBar* m_bar;
    QLabel* m_watching;
    InlineMessage* m_message;
    InlineMessage* m_saved;
    QBoxLayout* m_factsLayout;
    QWidget* m_parts;
    QBoxLayout* m_partsLayout;
    ElementView* m_elements;
    DecodedView* m_decoded;
    QPushButton* m_ttl;
    QPushButton* m_remove;
};

}  // namespace cachescope::ui
