// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <string>

class QVBoxLayout;

namespace cachescope::ui {

class KeyspacePresenter;

/// What is probably not meant about the TTLs of the inspected keys, one finding below the other,
/// with what it means and what to do. GUI thread.
class FindingsPanel : public QScrollArea {
    Q_OBJECT

public:
    explicit FindingsPanel(KeyspacePresenter& keyspace, QWidget* parent = nullptr);

    int count() const { return m_count; }

Q_SIGNALS:
    void countChanged(int count);
    /// The keys of this namespace are to be seen.
    void namespaceChosen(const std::string& prefix);

private:
    void refresh();

    KeyspacePresenter& m_keyspace;
    QVBoxLayout* m_layout;
    int m_count = 0;
};

}  // namespace cachescope::ui
