// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "ui/model/connection_draft.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace cachescope::ui {

class Disclosure;
class PathField;

/// The parts of a Redis address, a field each; those that a kind of server does not have are not
/// there. GUI thread.
class ConnectionFields : public QWidget {
    Q_OBJECT

public:
    explicit ConnectionFields(QWidget* parent = nullptr);

    ConnectionDraft draft() const;
    /// Does not emit.
    void setDraft(const ConnectionDraft& draft);

Q_SIGNALS:
    /// The person changed something.
    void edited();

private:
    struct Row {
        QWidget* label;
        QWidget* field;
        QList<ConnectionDraft::Kind> kinds;  // empty: all
    };

    QLineEdit* addText(const QString& label, QList<ConnectionDraft::Kind> kinds,
                       const QString& placeholder = {});
    QLineEdit* addSecret(const QString& label, QList<ConnectionDraft::Kind> kinds);
    void addRow(QLabel* label, QWidget* field, QList<ConnectionDraft::Kind> kinds);
    void fillTlsFold();
    ConnectionDraft::Kind kind() const;
    void showKind();

    QVBoxLayout* m_layout;
    QList<Row> m_rows;
    ConnectionDraft m_draft;  // carries what has no field
    QComboBox* m_kind;
    QLineEdit* m_hosts;
    PathField* m_socket;
    QLineEdit* m_primary;
    QLineEdit* m_database;
    QLineEdit* m_user;
    QLineEdit* m_password;
    QLineEdit* m_sentinelUser;
    QLineEdit* m_sentinelPassword;
    QCheckBox* m_replicas;
    QCheckBox* m_tls;
    Disclosure* m_tlsFold;
    QCheckBox* m_verifies;
    QLabel* m_unverified;
    PathField* m_ca;
    PathField* m_certificate;
    PathField* m_key;
    QLineEdit* m_serverName;
};

}  // namespace cachescope::ui
