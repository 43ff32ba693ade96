// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <string>

#include "ui/model/keyspace.h"

class QStackedWidget;
class QTabBar;

namespace cachescope::ui {

class FindingsPanel;
class InspectPresenter;
class KeyPanel;
class NamespacePanel;
class ValuePanel;
class WalkBar;

/// The lower part of Inspect, a tab each: keys with their namespaces and the open one, misses,
/// findings, what the server says of itself, and the servers of a cluster. In a narrow window the
/// open key is a tab of its own. GUI thread.
class InspectContents : public QWidget {
    Q_OBJECT

public:
    explicit InspectContents(InspectPresenter& presenter, QWidget* parent = nullptr);

    KeyPanel& keys() { return *m_keys; }
    NamespacePanel& namespaces() { return *m_namespaces; }
    ValuePanel& value() { return *m_value; }
    /// Shows the keys of a namespace; `direct`: only those right in it.
    void showNamespace(const std::string& prefix, bool direct = false);
    void walk();
    /// What counts down; once a second.
    void tick();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum Tab { keysTab, valueTab, missesTab, findingsTab, serverTab, nodesTab };

    QWidget* makeKeys();
    QWidget* makeNodes();
    void showTab(int tab);
    void showKey(const KeyRef& key);
    void fold();
    void refreshTabs();

    InspectPresenter& m_presenter;
    QTabBar* m_tabs;
    QStackedWidget* m_pages;
    WalkBar* m_walk;
    KeyPanel* m_keys;
    NamespacePanel* m_namespaces;
    ValuePanel* m_value;
    FindingsPanel* m_findings;
    QWidget* m_valueColumn;
    QWidget* m_valuePage;
    bool m_folded = false;
};

}  // namespace cachescope::ui
