// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/model/connection_draft.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QToolButton;

namespace cachescope::ui {

class ConnectionBook;
class ConnectionFields;
class ConnectionTrial;
class TrialView;

/// Where a Redis is and how to log in: an address to paste or fields to fill, a test that says what
/// was tried and what answered, and the connections that were saved.
///
/// Passwords are shown as stars, go to the keychain only if the person says so, and otherwise live
/// for the session. Open it with open(); accepted() means that url() is to be used. GUI thread.
class ConnectionDialog : public QDialog {
    Q_OBJECT

public:
    explicit ConnectionDialog(ConnectionBook& book, QWidget* parent = nullptr);
    ~ConnectionDialog() override;

    /// The cache there is to be inspected: says what that promises, and asks in these words.
    void setForInspecting(const QStringList& promise);

    /// With its passwords.
    QString url() const;
    /// What a person calls it; empty where it was not saved.
    QString connectionName() const;
    /// Adds the passwords that are known for it.
    void setUrl(const QString& url);

    /// Tests the address as the button does; tested() follows, unless it changes meanwhile.
    void tryOut();

    void accept() override;
    void done(int result) override;

Q_SIGNALS:
    void tested();

private:
    QWidget* makeSaved();
    QWidget* makeForm();
    void takeAddress();
    void showDraft(const ConnectionDraft& draft);
    void takeFields();
    void choose(const QModelIndex& index);
    void save();
    void removeSaved();
    void settle(const ConnectionDraft& draft);
    void showSaved();

    ConnectionBook& m_book;
    ConnectionDraft m_draft;
    ConnectionDraft m_known;   // what stars in the address stand for
    bool m_understood = true;  // the address that was typed last
    QListView* m_saved;
    QLabel* m_nothingSaved;
    QToolButton* m_remove;
    QLineEdit* m_address;
    QLabel* m_problem;
    ConnectionFields* m_fields;
    QPushButton* m_test;
    TrialView* m_view;
    QLineEdit* m_name;
    QPushButton* m_save;
    QCheckBox* m_keeps;
    QLabel* m_note;
    QLabel* m_promise;
    QPushButton* m_use;
    ConnectionTrial* m_trial;
};

}  // namespace cachescope::ui
