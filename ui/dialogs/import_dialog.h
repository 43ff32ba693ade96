// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>
#include <memory>

#include "engine/trace/trace_preview.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace cachescope::ui {

class InlineMessage;
class TraceImport;

/// How a recorded trace is to be read: its first lines, what is made of them, and, of a CSV file,
/// which column is what, guessed and to be changed. Open it with open(); accepted() means that
/// options() are to be used. GUI thread.
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ImportDialog(const QString& path, QWidget* parent = nullptr);

    QString path() const { return m_path; }
    const TraceReadOptions& options() const { return m_options; }
    void setOptions(const TraceReadOptions& options);
    /// Asks as well where the namespace of a key ends.
    void askSeparator(const QString& separator);
    QString separator() const;

Q_SIGNALS:
    /// What the file looks like with the options as they are now.
    void previewed();

private:
    struct Role {
        const char* name;  // as TracePreview::Column has it
        QComboBox* column;
    };

    QWidget* makeColumns();
    void look();
    void display(const std::shared_ptr<const TracePreview>& preview);
    void fail(const QString& sentence);
    void fillColumns(const TracePreview& preview);
    void fillTable(const TracePreview& preview);
    void takeColumns();

    const QString m_path;
    TraceReadOptions m_options;
    std::shared_ptr<const TracePreview> m_preview;
    QLabel* m_kind;
    QComboBox* m_format;
    QWidget* m_columns = nullptr;
    QList<Role> m_roles;
    QComboBox* m_timeUnit;
    QComboBox* m_ttlUnit;
    QTableWidget* m_lines;
    QTableWidget* m_requests;
    QLabel* m_linesTitle;
    InlineMessage* m_message;
    QWidget* m_separatorLine;
    QLineEdit* m_separator;
    QPushButton* m_use;
    TraceImport* m_import;
};

}  // namespace cachescope::ui
